import { expect, test } from '@jest/globals';
import { denialsIn, ruleToAdd } from '../../src/runtime/rbacRule.ts';

const said =
  'Error: query: failed to query with labels: secrets is forbidden: User "system:serviceaccount:default:ci" ' +
  'cannot list resource "secrets" in API group "" in the namespace "ecommerce"; deployments.apps is forbidden: ' +
  'User "ci" cannot create resource "deployments" in API group "apps" in the namespace "ecommerce"; nodes is ' +
  'forbidden: User "ci" cannot get resource "nodes" in API group "" at the cluster scope';

test('every denial that a program passes on becomes a rule', () => {
  expect(denialsIn(`${said}\n${said}`)).toEqual([
    { group: '', resource: 'secrets', verbs: ['list'], namespace: 'ecommerce' },
    { group: 'apps', resource: 'deployments', verbs: ['create'], namespace: 'ecommerce' },
    { group: '', resource: 'nodes', verbs: ['get'], namespace: null },
  ]);
  expect(denialsIn('timed out')).toEqual([]);
});

test('a rule says where it belongs, and can be copied as it is', () => {
  const [secrets, , nodes] = denialsIn(said).map(ruleToAdd);
  expect(secrets).toContain('a Role in namespace ecommerce');
  expect(secrets).toContain('  - apiGroups: [""]\n    resources: ["secrets"]\n    verbs: ["list"]');
  expect(nodes).toContain('a ClusterRole');
});
