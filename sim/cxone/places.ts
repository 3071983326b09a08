// Decides where the imagined contact centre sits and what people there are called. Data only; every name is made up by
// combining common given and family names.

export interface Place {
  readonly city: string
  readonly division: string
  readonly country: string
  readonly timeZone: string
  readonly language: string
  /** Country code and a prefix reserved for fiction or unlikely to be dialled. */
  readonly dial: string
  readonly given: readonly string[]
  readonly family: readonly string[]
}

const words = (text: string): string[] => text.split(' ')

export const PLACES: readonly Place[] = [
  {
    city: 'Denver',
    division: 'Americas',
    country: 'US',
    timeZone: 'America/Denver',
    language: 'English',
    dial: '+1303555',
    given: words(
      'James Maria Tyler Ashley Brandon Nicole Kevin Danielle Marcus Heather Jordan Tiffany Omar Rachel Luis Megan',
    ),
    family: words(
      "Walker Ramirez Hughes O'Brien Jackson Nguyen Foster Delgado Price Coleman Whitaker Sandoval Boyd Reyes Stone Fischer",
    ),
  },
  {
    city: 'Manila',
    division: 'APAC',
    country: 'PH',
    timeZone: 'Asia/Manila',
    language: 'Filipino',
    dial: '+63289990',
    given: words(
      'Jose Maricel Angelo Kristine Rodel Jasmine Paolo Rowena Mark Lovely Ramil Aileen Dennis Cherry Noel Grace',
    ),
    family: words(
      'Santos Reyes Cruz Bautista Ocampo Garcia Mendoza Villanueva Ramos Aquino Castillo Navarro Salazar Mercado Pascual Tolentino',
    ),
  },
  {
    city: 'Kraków',
    division: 'EMEA',
    country: 'PL',
    timeZone: 'Europe/Warsaw',
    language: 'Polish',
    dial: '+4812555',
    given: words(
      'Anna Piotr Katarzyna Paweł Małgorzata Tomasz Agnieszka Łukasz Zofia Michał Joanna Krzysztof Ewa Stanisław Magda Jakub',
    ),
    family: words(
      'Nowak Kowalczyk Wójcik Woźniak Mazur Król Wróbel Pająk Kaczmarek Krawczyk Zając Dudek Wieczorek Sikora Baran Stępień',
    ),
  },
  {
    city: 'Montréal',
    division: 'Americas',
    country: 'CA',
    timeZone: 'America/Toronto',
    language: 'French',
    dial: '+1514555',
    given: words(
      'Émilie François Chloé Étienne Geneviève Mathieu Noémie Jérôme Océane Benoît Amélie Félix Zoé Rémi Léa Thérèse',
    ),
    family: words(
      'Tremblay Gagnon Côté Bouchard Gauthier Lévesque Bélanger Pelletier Fortin Gagné Ouellet Bérubé Poirier Thériault Desjardins Lachance',
    ),
  },
  {
    city: 'Lisboa',
    division: 'EMEA',
    country: 'PT',
    timeZone: 'Europe/Lisbon',
    language: 'Portuguese',
    dial: '+35121555',
    given: words(
      'João Inês Tiago Catarina Gonçalo Beatriz Rui Mafalda Hélder Joana Nuno Sofia André Carlota Bruno Leonor',
    ),
    family: words(
      'Silva Sousa Magalhães Ferreira Conceição Gonçalves Araújo Simões Figueiredo Brandão Guimarães Falcão Leitão Pereira Moita Assunção',
    ),
  },
  {
    city: 'Bengaluru',
    division: 'APAC',
    country: 'IN',
    timeZone: 'Asia/Kolkata',
    language: 'Hindi',
    dial: '+918055',
    given: words(
      'Aarav Priya Rohan Ananya Vikram Deepa Arjun Kavya Sanjay Meera Rahul Lakshmi Nikhil Pooja Suresh Divya',
    ),
    family: words(
      'Sharma Iyer Reddy Nair Gupta Rao Menon Kulkarni Banerjee Patil Joshi Krishnan Shetty Das Varma Hegde',
    ),
  },
  {
    city: 'München',
    division: 'EMEA',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    language: 'German',
    dial: '+498955',
    given: words(
      'Jürgen Sabine Björn Kerstin Günther Anke Sören Heike Matthias Käthe Florian Ulrike Cem Jördis Tobias Ayşe',
    ),
    family: words(
      'Müller Schäfer Weiß Krüger Yılmaz Böhm Jäger Groß Köhler Schröder Fuchs Vogel Löffler Hübner Strauß Kühn',
    ),
  },
  {
    city: 'Bogotá',
    division: 'Americas',
    country: 'CO',
    timeZone: 'America/Bogota',
    language: 'Spanish',
    dial: '+57601555',
    given: words(
      'Andrés Valentina Julián Camila Sebastián Mónica Iván Lucía Óscar Natalia Héctor Paula Mateo Verónica Simón Ángela',
    ),
    family: words(
      'Rodríguez Gómez Muñoz Peña Ávila Ordóñez Cárdenas Rincón Zúñiga Beltrán Ibáñez Castaño Quiñones Gaitán Acuña Suárez',
    ),
  },
]

/** What teams do; crossed with the places it gives the team names. */
export const LINES = [
  'Customer Care',
  'Billing',
  'Technical Support',
  'Retention',
  'Back Office',
  'Digital Care',
] as const

/** Letters as they appear in mailbox names: accents off, the few letters that do not decompose spelled out. */
export function plainLetters(name: string): string {
  const spelled = name
    .replace(/ß/g, 'ss')
    .replace(/[łŁ]/g, 'l')
    .replace(/ı/g, 'i')
  return spelled
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()
}
