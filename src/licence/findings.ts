/**
 * Where the source of the plans does not agree with its own prices, with itself, or with NICE.
 * Decides which printed figures follow, by computing them; must not correct a source in silence.
 */
import { annualDifference, counted, dollars, markupPerMille, percent } from './money.ts'
import { planOf, type PlanId } from './plans.ts'

export interface PrintedFigure {
  readonly from: PlanId
  readonly to: PlanId
  readonly users: number
  /** What the guide prints for a year, cents. */
  readonly printed: number
}

/** The four worked figures of the guide. Source: facts/plans.md. */
export const PRINTED_FIGURES: readonly PrintedFigure[] = [
  { from: 'digital', to: 'ultimate', users: 50, printed: 106_800_00 },
  { from: 'voice', to: 'ultimate', users: 100, printed: 186_000_00 },
  { from: 'omnichannel', to: 'ultimate', users: 200, printed: 332_400_00 },
  { from: 'voice', to: 'essential', users: 50, printed: 96_000_00 },
]

export interface CheckedFigure extends PrintedFigure {
  /** What the guide's own prices give. */
  readonly computed: number
  readonly follows: boolean
  readonly says: string
}

/** Every printed figure beside what the guide's own prices give. */
export const checkedFigures = (): readonly CheckedFigure[] =>
  PRINTED_FIGURES.map((figure) => {
    const [from, to] = [planOf(figure.from), planOf(figure.to)]
    const computed = annualDifference({ from: from.listPrice, to: to.listPrice, users: figure.users })
    const follows = computed === figure.printed
    const move = `${from.name} to ${to.name}, ${counted(figure.users, 'user')}`
    const says = follows
      ? `${move}: printed ${dollars(figure.printed)}, which follows.`
      : `${move}: printed ${dollars(figure.printed)}; its own prices give ${dollars(computed)}.`
    return { ...figure, computed, follows, says }
  })

export interface Contradiction {
  readonly about: string
  readonly says: string
}

/** Other places where the guide contradicts itself or NICE. Source: facts/plans.md, last paragraph. */
export const contradictions = (): readonly Contradiction[] => [
  {
    about: 'markup',
    says: `"251% markup" is Ultimate Suite against Digital Agent: ${markup('digital', 'ultimate')}, rounded.`,
  },
  {
    about: 'markup',
    says: `"Nearly doubles licensing costs" is said of Voice Agent to Essential Suite, which is ${markup('voice', 'essential')} more.`,
  },
  { about: 'providers', says: '"Only supports Okta", while its own table lists OneLogin.' },
  {
    about: 'credential',
    says: 'The SCIM credential is a "bearer token" in one place, an OAuth client id and secret in another.',
  },
  { about: 'providers', says: "Entra ID and Google Workspace are left out; NICE's own help names both." },
  { about: 'groups', says: 'Groups are listed as native; the published API description has no Groups resource.' },
]

/** In tenths of a percent. */
const markup = (from: PlanId, to: PlanId): string =>
  percent(markupPerMille(planOf(from).listPrice, planOf(to).listPrice) ?? 0)
