export const BACKUP = {} as const;
