import type { DetectedImage } from '../../image/detect/detect';

/** The image is OpenBeken's firmware, or a dump with it. */
export function isOpenBeken({ project }: Pick<DetectedImage, 'project'>): boolean {
  return project?.startsWith('OpenBK') ?? false;
}
