/** The clock of all tests: it waits for nothing. */
export { VirtualClock } from '../../src/virtual-clock';
