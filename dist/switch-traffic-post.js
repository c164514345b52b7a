import { startPost } from './index.js';

await startPost('switch-traffic');
