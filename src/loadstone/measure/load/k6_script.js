// Requests at a constant arrival rate, open-loop: plan.json says which, and what answers are right.
import http from 'k6/http';
import exec from 'k6/execution';

const plan = JSON.parse(open('./plan.json'));

export const options = {
  insecureSkipTLSVerify: true,
  noConnectionReuse: !plan.reuse,
  scenarios: {
    load: {
      executor: 'constant-arrival-rate',
      // k6 wants whole numbers: the rate per 1000 seconds keeps three decimals
      rate: plan.per_1000_seconds,
      timeUnit: '1000s',
      duration: '24h', // ended by a signal
      preAllocatedVUs: plan.connections,
      maxVUs: plan.connections,
      gracefulStop: '0s',
    },
  },
  systemTags: [],
};

export function setup() {
  console.log('ready');
}

export default function () {
  const i = exec.scenario.iterationInTest;
  const address = plan.addresses[plan.order[i % plan.order.length]];
  const target = plan.targets[Math.floor(i / plan.addresses.length) % plan.targets.length];
  exec.vu.metrics.metadata['i'] = i;
  const response = http.get(address + target.path, {
    headers: { Host: target.host, 'User-Agent': 'loadstone' },
    redirects: 0,
    timeout: plan.timeout_ms,
    responseType: target.length === null ? 'none' : 'binary',
  });
  const found = fault(target, response);
  if (found !== null) {
    console.log(JSON.stringify({ i: i, ...found }));
  }
}

function fault(target, response) {
  if (response.status === 0) {
    return { error: response.error };
  }
  if (response.status !== target.status) {
    return wrong(target, `status ${response.status}, expected ${target.status}`);
  }
  if (target.length !== null && response.body.byteLength !== target.length) {
    return wrong(target, `a body of ${response.body.byteLength} bytes, expected ${target.length}`);
  }
  for (const [name, value] of target.headers) {
    const found = header(response, name);
    if (found !== value) {
      return wrong(target, `header ${name}: ${found}, expected ${value}`);
    }
  }
  return null;
}

function wrong(target, what) {
  return { wrong: `${target.host}${target.path}: ${what}` };
}

function header(response, name) {
  for (const [given, value] of Object.entries(response.headers)) {
    if (given.toLowerCase() === name) {
      return value;
    }
  }
  return 'nothing';
}
