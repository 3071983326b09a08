import { tellTrouble } from './trouble.ts'

// The other providers are in files of their own, which run beside this one; five hundred who wait are in trouble.long.test.ts.
tellTrouble('okta', { waiting: 25 })
