/**
 * Work that recurs while the process lives.
 * Decides that a turn never overlaps the one before; must not hold anything that has to survive a crash.
 */

/** Runs `work` every `seconds`, the first time after one interval. Returns a function that stops it and waits for a turn under way. */
export function every(
  seconds: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const schedule = (): void => {
    timer = setTimeout(() => {
      turn = work()
        .catch(onError)
        .finally(() => {
          if (!stopped) schedule()
        })
    }, seconds * 1000)
  }
  schedule()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await turn
  }
}
