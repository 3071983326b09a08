import { tellTrouble } from './trouble.ts'

// The other providers, and five hundred who wait, are in trouble.long.test.ts.
tellTrouble('okta', { waiting: 25 })
