import { tellTrouble } from './trouble.ts'

// How Entra words its changes is in tests of its own; all stories in its other dialect are in trouble.long.test.ts.
tellTrouble('entra', { waiting: 10, dialect: 'aadOptscim062020' })
