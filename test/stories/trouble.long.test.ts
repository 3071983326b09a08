import { PROVIDERS } from './stage.ts'
import { tellTrouble } from './trouble.ts'

for (const name of PROVIDERS) tellTrouble(name, { waiting: 500 })
tellTrouble('entra', { waiting: 500, dialect: 'aadOptscim062020' })
