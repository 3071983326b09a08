import { tellTrouble } from './trouble.ts'

tellTrouble('onelogin', { waiting: 12 })
