/**
 * Charts as strings of SVG: pure functions of plain values, words already in the reader's language. Every chart is
 * accompanied by a table that the page makes; the picture never holds a figure the table does not.
 */
export { barWithInterval } from './bar.ts'
export type { BarRow, BarWithInterval } from './bar.ts'
export { forestPlot } from './forest.ts'
export type { ForestPlot, ForestRow } from './forest.ts'
export { funnelPlot } from './funnel.ts'
export type { FunnelPlot } from './funnel.ts'
export { heatMap } from './heat-map.ts'
export type { HeatCell, HeatMap } from './heat-map.ts'
export { judgementChart } from './judgement.ts'
export type { JudgementChart, JudgementPanel, JudgementPoint } from './judgement.ts'
export { profileChart } from './profile.ts'
export type { ProfileChart } from './profile.ts'
export { spreadChart } from './spread.ts'
export type { SpreadChart, SpreadRow } from './spread.ts'
export { trendChart } from './trend.ts'
export type { TrendChart, TrendPanel } from './trend.ts'
