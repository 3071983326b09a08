/** Names, places and jobs that the seeded people are made of. Data only. */

/** A name as its owner writes it and, where that is not Latin script, as a login spells it: `native/latin`. */
export interface Culture {
  readonly locale: string
  readonly given: readonly string[]
  readonly family: readonly string[]
  readonly familyFirst?: true
  readonly phonePrefix: string
}

export const CULTURES: readonly Culture[] = [
  {
    locale: 'de-DE',
    given: ['Jürgen', 'Mia', 'Anna-Lena', 'Björn', 'Käthe', 'Lukas'],
    family: ['Groß', 'Müller', 'Roth', 'von der Heide', 'Weiß', 'Schäfer'],
    phonePrefix: '+49 151',
  },
  {
    locale: 'en-US',
    given: ['Ashley', 'Marcus', 'Tyrone', 'Grace', 'Dakota', 'Jo'],
    family: ['Carter', 'Washington', 'Nguyen', 'Smith-Jones', 'Lee', 'Whitfield'],
    phonePrefix: '+1 602 555',
  },
  {
    locale: 'en-GB',
    given: ['Siobhán', 'Rhys', 'Callum', 'Niamh', 'Priya'],
    family: ["O'Brien", 'MacLeod', 'Llewellyn', 'Patel', "D'Arcy"],
    phonePrefix: '+44 7700',
  },
  {
    locale: 'fr-FR',
    given: ['Zoé', 'François', 'Hélène', 'Loïc', 'Jean-Noël'],
    family: ['Lefèvre', "L'Héritier", 'Garçon', 'Dupont', 'Bœuf'],
    phonePrefix: '+33 6 12',
  },
  {
    locale: 'es-MX',
    given: ['José', 'María Ángeles', 'Íñigo', 'Lucía', 'Raúl'],
    family: ['Núñez Ortega', 'García', 'Ibáñez', 'de la Peña', 'Muñoz'],
    phonePrefix: '+52 55',
  },
  {
    locale: 'pl-PL',
    given: ['Łukasz', 'Małgorzata', 'Żaneta', 'Paweł'],
    family: ['Wójcik', 'Dąbrowska', 'Śliwiński', 'Gołąb'],
    phonePrefix: '+48 601',
  },
  {
    locale: 'tr-TR',
    given: ['İbrahim', 'Ayşe', 'Işıl', 'Çağla'],
    family: ['Yıldız', 'Şahin', 'Öztürk', 'Ilgaz'],
    phonePrefix: '+90 532',
  },
  {
    locale: 'pt-BR',
    given: ['João', 'Conceição', 'Antônio', 'Luísa'],
    family: ['Gonçalves', 'dos Santos', 'Araújo', 'Brandão'],
    phonePrefix: '+55 11 9',
  },
  {
    locale: 'vi-VN',
    given: ['Thảo', 'Đức', 'Hương', 'Quân'],
    family: ['Nguyễn', 'Trần', 'Đặng', 'Phạm'],
    familyFirst: true,
    phonePrefix: '+84 90',
  },
  {
    locale: 'ja-JP',
    given: ['美咲/misaki', '健太/kenta', 'さくら/sakura', '翔/sho'],
    family: ['佐藤/sato', '髙橋/takahashi', '渡邊/watanabe', '鈴木/suzuki'],
    familyFirst: true,
    phonePrefix: '+81 90',
  },
  {
    locale: 'el-GR',
    given: ['Ελένη/eleni', 'Γιώργος/giorgos', 'Σοφία/sofia'],
    family: ['Παπαδόπουλος/papadopoulos', 'Νικολάου/nikolaou', 'Αγγελίδης/angelidis'],
    phonePrefix: '+30 694',
  },
  {
    locale: 'ar-AE',
    given: ['ليلى/layla', 'عمر/omar', 'فاطمة/fatima'],
    family: ['الحسن/al-hassan', 'منصور/mansour', 'قاسم/qasim'],
    phonePrefix: '+971 50',
  },
]

export const TITLES: readonly string[] = [
  'Contact Centre Agent',
  'Senior Agent',
  'Team Lead',
  'Quality Analyst',
  'Workforce Planner',
  'Trainer',
]

export const DEPARTMENTS: readonly string[] = ['Support', 'Billing', 'Retention', 'Sales', 'Claims']
