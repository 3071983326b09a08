// Decides what a row of the tables of switches looks like. Holds no switch.

export interface SwitchRow<V extends readonly (string | number)[] = readonly (string | number)[]> {
  /** The values a suite should try; the first is the default. */
  readonly values: V
  /** Section of the CXone facts that leaves this open. */
  readonly facts: string
  /** What it decides, in one sentence. */
  readonly says: string
  /** For amounts: any whole number from 0 to this is accepted besides `values`. */
  readonly upTo?: number
}

export function choice<const V extends readonly (string | number)[]>(
  facts: string,
  says: string,
  ...values: V
): SwitchRow<V> {
  return { values, facts, says }
}

export function amount(facts: string, says: string, of: { upTo: number; values: number[] }): SwitchRow<number[]> {
  return { facts, says, ...of }
}
