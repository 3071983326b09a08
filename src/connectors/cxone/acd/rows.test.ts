import { describe, expect, it } from 'vitest'
import { rowResults } from './rows.ts'

describe('the rows of a batch that failed', () => {
  it.each([
    ['nothing to say', {}, []],
    ['all well', { errorCount: 0, agentResults: [{ agentId: 7, success: true, error: '' }] }, []],
    [
      'one of two, outside resultSet',
      {
        errorCount: 1,
        agentResults: [
          { agentId: 7, success: true },
          { agentId: 8, success: false, error: 'gone' },
        ],
      },
      [{ id: '8', said: 'gone' }],
    ],
    [
      'inside resultSet, success as a text',
      { resultSet: { errorCount: 1, skillResults: [{ skillId: '5', success: 'False', error: 'retired' }] } },
      [{ id: '5', said: 'retired' }],
    ],
    ['an error without success', { results: [{ groupId: 3, error: 'closed' }] }, [{ id: '3', said: 'closed' }]],
    ['a count without rows', { errorCount: 2 }, [{ id: '', said: '2 rows failed' }]],
    ['an error for one agent', { error: 'no such agent' }, [{ id: '', said: 'no such agent' }]],
  ])('%s', (_case, body, failed) => {
    expect(rowResults.parse(body)).toEqual(failed)
  })
})
