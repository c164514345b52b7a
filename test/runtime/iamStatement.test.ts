import { expect, test } from '@jest/globals';
import { denialIn, statementToAdd } from '../../src/runtime/iamStatement.ts';

test("IAM's sentence gives the action and the resource to allow", () => {
  const arn = 'arn:aws:ecr:ap-northeast-2:111122223333:repository/order-api';
  const said =
    `User: arn:aws:sts::111122223333:assumed-role/ci/run is not authorized to perform: ecr:InitiateLayerUpload ` +
    `on resource: ${arn} because no identity-based policy allows the ecr:InitiateLayerUpload action`;
  expect(denialIn(said)).toEqual({ action: 'ecr:InitiateLayerUpload', resource: arn });
  expect(denialIn('not authorized to perform: ecr:GetAuthorizationToken on resource: *')).toEqual({
    action: 'ecr:GetAuthorizationToken',
    resource: '*',
  });
  expect(denialIn('User is not authorized to perform: ecr:PutImage')).toEqual({
    action: 'ecr:PutImage',
    resource: null,
  });
  expect(denialIn('no basic auth credentials')).toBeNull();
});

test('the statement to add can be copied', () => {
  const text = statementToAdd({
    actions: ['ecr:PutImage'],
    resource: 'arn:aws:ecr:eu-west-1:1:repository/a',
  });
  const json = /\{.*\}/.exec(text)?.[0] ?? '';
  expect(JSON.parse(json)).toEqual({
    Effect: 'Allow',
    Action: ['ecr:PutImage'],
    Resource: 'arn:aws:ecr:eu-west-1:1:repository/a',
  });
});
