/**
 * What a Node process holds on to: its heap after a forced collection, asked for through Node's own inspector, so that the
 * process need not know. The resident size says something else: V8 collects only when it must, and gives pages back late.
 * Must not be used on a process that somebody debugs.
 */
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 5_000

/**
 * MiB in use on the heap of process `pid` when nothing is left that could be collected. `port` is where it listens once it
 * was sent SIGUSR1: what it was started with as `--inspect-port`.
 */
export async function retainedHeap(pid: number, port: number): Promise<number> {
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await inspectorOf(pid, port))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')), { once: true })
  })
  try {
    const ask = asking(socket)
    const { result } = (await ask('Runtime.evaluate', { expression: 'process.pid' })) as { result: { value: number } }
    if (result.value !== pid) throw new Error(`process ${result.value} listens at port ${port}, not ${pid}`)
    // Finalizers run between the two.
    await ask('HeapProfiler.collectGarbage')
    await ask('HeapProfiler.collectGarbage')
    const { usedSize } = (await ask('Runtime.getHeapUsage')) as { usedSize: number }
    return Math.round((usedSize / 1024 / 1024) * 10) / 10
  } finally {
    socket.close()
  }
}

async function inspectorOf(pid: number, port: number): Promise<string> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const [target] = await fetch(`http://127.0.0.1:${port}/json/list`)
      .then(async (answer) => (await answer.json()) as { webSocketDebuggerUrl: string }[])
      .catch(() => [])
    if (target !== undefined) return target.webSocketDebuggerUrl
    if (Date.now() > end) throw new Error(`process ${pid} opens no inspector`)
    await pause(50)
  }
}

type Ask = (method: string, params?: object) => Promise<unknown>

function asking(socket: WebSocket): Ask {
  let last = 0
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last
      const hear = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } }
        if (answer.id !== id) return
        socket.removeEventListener('message', hear)
        if (answer.error === undefined) resolve(answer.result)
        else reject(new Error(`${method}: ${answer.error.message}`))
      }
      socket.addEventListener('message', hear)
      socket.send(JSON.stringify({ id, method, params }))
    })
}
