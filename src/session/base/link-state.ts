/**
 * `opening`: the chip is not identified yet; `linked`: it is, and answers at the rate that was agreed on; `lost`: it
 * rebooted or was away, and whatever answers now is not known to be the same chip, nor to have that rate.
 */
export type LinkState = 'opening' | 'linked' | 'lost';
