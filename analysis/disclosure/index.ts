/**
 * Disclosure control: which group figures may leave the wall, and in which form.
 *
 * A `Disclosed<T>` can only be made here. The way of a figure: `planDisclosure` chooses departments from the
 * respondents of a campaign; `discloseFigure`, `discloseMean` and `discloseShare` make each figure under its own
 * counts; `auditFigure` checks one tree exactly and `auditLedger` everything ever released together, as the release
 * gate; `toStored` writes the released report and `fromStored` reads it back. `previewGroups` shows before signing what
 * a roster can give.
 *
 * Nothing outside `analysis/disclosure/` imports another file of this folder. `fromStored` and `mapDisclosed` belong to
 * analysis and `server/group-reports/`.
 */
export { isDisclosed, mapDisclosed } from './disclosed.ts'
export type { Disclosed, Shown, Withheld, WithheldReason } from './disclosed.ts'
export { fromStored, toStored } from './stored.ts'
export type { StoredFigure } from './stored.ts'
export { decideFloor, disclosureRules, roundTo } from './rules.ts'
export type { Floor } from './rules.ts'
export { planDisclosure } from './plan.ts'
export type { DisclosurePlan, PlannedDepartment, PublishedGroup, RestPart } from './plan.ts'
export type { DepartmentNode } from './tree.ts'
export { decideTold } from './microdata.ts'
export type { Recognisable, Told } from './microdata.ts'
export { discloseFigure } from './figure.ts'
export type { DisclosedFigure, FigureRequest, Limited } from './figure.ts'
export { discloseCoarseCounts } from './coarse-counts.ts'
export type { CoarseCounts, CountBand, CountedPart } from './coarse-counts.ts'
export { discloseMean, discloseShare } from './limits.ts'
export type { MeanFigure, MeanRequest, ShareFigure, ShareRequest } from './limits.ts'
export { discloseDistribution } from './distribution.ts'
export type { DistributionFigure, DistributionRequest } from './distribution.ts'
export { auditFigure, auditTree } from './audit-tree.ts'
export type { TreeVerdict } from './audit-tree.ts'
export { auditLedger, deriveGroup } from './audit.ts'
export type { AuditOptions, AuditVerdict, CertificateTerm, Exposure } from './audit.ts'
export { keepSafeCells } from './keep-safe.ts'
export { ledgerOf, ledgerOfPlan, respondentsOf } from './ledger.ts'
export type { Ledger, LedgerCell } from './ledger.ts'
export { fromHighs } from './solver.ts'
export type { Solve, SolverAnswer } from './solver.ts'
export { boundSum } from './bounds.ts'
export type { SumBounds } from './bounds.ts'
export { previewGroups } from './preview.ts'
export type { GroupPreview, MergeOffer, RosterNode } from './preview.ts'
