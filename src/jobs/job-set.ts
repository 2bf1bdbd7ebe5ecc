import type { Job, World } from './base/job';
import type {
  ChipReport,
  EraseOptions,
  EraseSummary,
  LineReport,
  ListenOptions,
  ReadOptions,
  WriteOptions,
  WriteSummary,
} from './base/job-types';
import type { Examination, ExamineOptions } from './examine/examination';

/** What can be asked for at one kind of port. */
export interface JobSet {
  connect(): Job<unknown, ChipReport>;
  read(options: ReadOptions): Job<unknown, Buffer | string>;
  write(options: WriteOptions, world: World): Job<unknown, WriteSummary>;
  erase(options: EraseOptions): Job<unknown, EraseSummary>;
  examine(options: ExamineOptions): Job<unknown, Examination>;
  listen(options: ListenOptions): Job<unknown, LineReport>;
}
