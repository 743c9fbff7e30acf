/** A closed interval; `lo <= hi`, in the units of the estimate it belongs to. */
export type Interval = { readonly lo: number; readonly hi: number }
