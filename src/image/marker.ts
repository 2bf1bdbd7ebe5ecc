export * from '../chip/marker';
