/**
 * Words in which people say that they do not want to live. Whoever writes one of them is shown help lines at once, by rule; nothing else follows.
 *
 * Kept by hand, listed on 2026-11-24. Beginning with the sentences that help lines print themselves ("死にたい", "消えたい",
 * "生きることに疲れた": https://mainichi.jp/articles/20220826/osg/00m/040/001000d) and what is said in their place; no word list with a licence to ship was
 * found, and nobody but its writers has examined this one. It is meant to show the lines too often rather than too seldom.
 *
 * Left out on purpose: 「死にそう」「死ぬほど」 as in 「死にそうに忙しい」, which mostly tell of much work; 「疲れた」「楽になりたい」「終わりにしたい」 without what is
 * to end; "dying to", "to die for", "deadline". 「消えたいボタン」 and 「自殺対策の研修」 do show the lines: that costs nobody anything.
 */
export interface CrisisWords {
  words: string
  /** goes on otherwise: then it is another word (「話しにたいして」 is no 「しにたい」) */
  unlessThen?: readonly string[]
}

/** Found anywhere in the text, whatever stands between the characters in spaces; kana of both kinds count as the same. */
export const japaneseWords: readonly CrisisWords[] = [
  { words: '死にたい' },
  { words: 'しにたい', unlessThen: ['して', 'した', 'する', 'すれ', 'しま', 'しょ'] },
  { words: '死にたく', unlessThen: ['ない', 'あり', 'なかった'] },
  { words: '死んでしまいたい' },
  { words: '死んじゃいたい' },
  { words: '死んだほうが' },
  { words: '死んだ方が' },
  { words: '死のうと' },
  { words: '死ぬしかない' },
  { words: '消えたい', unlessThen: ['くつ'] },
  { words: 'きえたい', unlessThen: ['くつ'] },
  { words: '消えてしまいたい' },
  { words: 'きえてしまいたい' },
  { words: '消えてなくなりたい' },
  { words: 'いなくなりたい' },
  { words: '居なくなりたい' },
  { words: 'いなくなってしまいたい' },
  { words: 'いないほうがいい' },
  { words: 'いない方がいい' },
  { words: '生きていたくない' },
  { words: '生きたくない' },
  { words: '生きていても仕方' },
  { words: '生きていてもしかた' },
  { words: '生きていてもしょうがない' },
  { words: '生きる意味がない' },
  { words: '生きている意味がない' },
  { words: '生きてる意味がない' },
  { words: '生きる価値がない' },
  { words: '生きている価値がない' },
  { words: '生きることに疲れた' },
  { words: '生きるのに疲れた' },
  { words: '生きるのがつらい' },
  { words: '生きるのが辛い' },
  { words: '生きているのがつらい' },
  { words: '生きているのが辛い' },
  { words: '人生を終わりに' },
  { words: '人生を終わらせ' },
  { words: '人生終わらせたい' },
  { words: '命を絶' },
  { words: 'いのちを絶' },
  { words: '自殺' },
  { words: '自死' },
  { words: '希死念慮' },
  { words: '首を吊' },
  { words: '首をつり' },
  { words: '首吊り' },
  { words: '飛び降りたい' },
  { words: '飛び降りよう' },
  { words: '飛び込みたい' },
  { words: '自傷' },
  { words: 'リストカット' },
  { words: 'リスカ', unlessThen: ['ード'] },
  { words: '遺書' },
]

/** Whole words in this order, capitals and signs between them aside; a contraction may be written without its apostrophe. */
export const englishWords: readonly CrisisWords[] = [
  { words: 'kill myself' },
  { words: 'killing myself' },
  { words: 'end my life' },
  { words: 'ending my life' },
  { words: 'end it all' },
  { words: 'take my own life' },
  { words: 'take my life' },
  { words: 'taking my own life' },
  { words: 'suicide' },
  { words: 'suicidal' },
  { words: 'want to die' },
  { words: 'wanted to die' },
  { words: 'wanna die' },
  { words: 'wish i was dead' },
  { words: 'wish i were dead' },
  { words: 'better off dead' },
  { words: 'better off without me' },
  { words: "don't want to live" },
  { words: 'do not want to live' },
  { words: "don't want to be alive" },
  { words: "don't want to be here anymore" },
  { words: 'no reason to live' },
  { words: 'nothing to live for' },
  { words: 'tired of living' },
  { words: 'want to disappear' },
  { words: 'self-harm' },
  { words: 'harm myself' },
  { words: 'hurt myself' },
]
