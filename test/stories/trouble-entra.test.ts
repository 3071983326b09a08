import { tellTrouble } from './trouble.ts'

tellTrouble('entra', { waiting: 10, dialect: 'default' })
tellTrouble('entra', { waiting: 10, dialect: 'aadOptscim062020' })
