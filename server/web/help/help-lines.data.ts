/**
 * Where somebody is listened to, in Japan. Name and hours stand in the texts (`web.help.line.…`). Looked up on 2026-11-24 on pages that were kept of
 * these sites and of municipalities, without reaching the lines' own pages as of that day: *confirmed* means that pages of different years and senders
 * agree; hours that changed between them are told as such on the page. To be looked at again each March.
 */
export interface HelpLine {
  id: 'yorisoi' | 'inochiSos' | 'inochiNoDenwa' | 'kokoro' | 'tell' | 'mamorou'
  /** as it is dialled; null: an address only */
  phone: string | null
  url: string | null
  /** languages in which it is offered first */
  first: readonly ('ja' | 'en')[]
  /** what the pages agree about */
  confirmed: 'number and hours' | 'number' | 'address'
}

export const helpLines: readonly HelpLine[] = [
  {
    // around the clock, free; guidance leads on to other languages. http://279338.jp/yorisoi/ https://hagi-city.site.ktaiwork.jp/archives/8505
    id: 'yorisoi',
    phone: '0120-279-338',
    url: null,
    first: ['ja', 'en'],
    confirmed: 'number and hours',
  },
  {
    // free; in 2022 around the clock on three days of the week and 6 to 24 on the others. https://mainichi.jp/articles/20220826/osg/00m/040/001000d
    id: 'inochiSos',
    phone: '0120-061-338',
    url: 'https://www.lifelink.or.jp/inochisos/',
    first: ['ja'],
    confirmed: 'number',
  },
  {
    // free; 16 to 21 each day, on the 10th from 8 to 8 of the next day. https://www.city.akiruno.tokyo.jp/0000015267.html
    id: 'inochiNoDenwa',
    phone: '0120-783-556',
    url: null,
    first: ['ja'],
    confirmed: 'number and hours',
  },
  {
    // at the price of a call; leads to the public desk of the prefecture, whose hours differ. http://www.aichiskr.or.jp/news/info/post_230.html
    id: 'kokoro',
    phone: '0570-064-556',
    url: null,
    first: ['ja'],
    confirmed: 'number',
  },
  {
    // English; hours changed over the years, and whether the free number is one all year is not confirmed: the other one stands beside it.
    // https://telljp.com/toll-free-suicide-awareness-month-2024/ https://japantoday.com/category/national/tell-tokyo-inochi-no-denwa-facebook-partner-to-prevent-suicide-in-japan
    id: 'tell',
    phone: '0800-300-8355',
    url: 'https://telljp.com/',
    first: ['en'],
    confirmed: 'number',
  },
  {
    // the ministry's own list, with chat and messengers
    id: 'mamorou',
    phone: null,
    url: 'https://www.mhlw.go.jp/mamorouyokokoro/',
    first: ['ja', 'en'],
    confirmed: 'address',
  },
]
