export const PLACEMENT = {} as const;
