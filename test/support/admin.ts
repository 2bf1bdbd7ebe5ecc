import helper from 'node-red-node-test-helper';

/** One admin route of this package, as Node-RED's app has it. */
export interface AdminRoute {
  method: 'get' | 'post' | 'delete';
  /** With its parameters, as `/bk72xx/devices/:device/map`. */
  path: string;
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** All that the app of the running flow serves below `/bk72xx`, read from the app itself: none can be forgotten. */
export function adminRoutes(): AdminRoute[] {
  const { _httpAdmin: app } = helper as unknown as { _httpAdmin: { _router: { stack: Layer[] } } };
  return app._router.stack.flatMap(({ route }) =>
    route?.path.startsWith('/bk72xx')
      ? Object.keys(route.methods).map((method) => ({
          method: method as AdminRoute['method'],
          path: route.path,
        }))
      : [],
  );
}

/** What was published to editors since it was asked for. */
export function publishedIn(): { topic: string; data: unknown }[] {
  const published: { topic: string; data: unknown }[] = [];
  const { _events: events } = helper as unknown as { _events: NodeJS.EventEmitter };
  events.on('comms', ({ topic, data }) => {
    published.push({ topic, data: JSON.parse(JSON.stringify(data)) });
  });
  return published;
}
