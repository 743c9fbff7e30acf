import * as z from 'zod'

/** What progress.js asks again and again: how far something long is, in numbers and in the reader's words. */
export const progressReply = {
  summary: 'How far it is',
  response: {
    200: z.object({
      value: z.number().int().min(0),
      max: z.number().int().min(1),
      words: z.string().describe('the same in the language of the reader'),
      done: z.boolean().describe('true: nothing changes any more'),
    }),
  },
}
