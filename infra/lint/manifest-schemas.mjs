// The part of each kind's schema that k8s/ uses. Strict: what is not here is refused, so a misspelt field cannot pass; whoever
// needs another field adds it from the API reference.
import { z } from 'zod';

const object = z.strictObject;
const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/);
const labels = z.record(z.string().max(317), z.string().max(63));
const quantity = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?(m|k|Ki|Mi|Gi|Ti)?$/)]);
const count = z.number().int().min(0);
const portNumber = z.number().int().min(1).max(65_535);
const portRef = z.union([portNumber, z.string().regex(/^[a-z][a-z0-9-]{0,14}$/)]);
const metadata = object({
  name,
  namespace: name.optional(),
  labels: labels.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const selector = object({
  matchLabels: labels.optional(),
  matchExpressions: z
    .array(
      object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const probe = object({
  httpGet: object({ path: z.string().startsWith('/'), port: portRef }),
  periodSeconds: count.optional(),
  timeoutSeconds: count.optional(),
  failureThreshold: count.optional(),
});
const byName = object({ name, optional: z.boolean().optional() });
const byKey = object({ name, key: z.string(), optional: z.boolean().optional() });
const environmentVariable = z.union([
  object({ name: variable, value: z.string() }),
  object({
    name: variable,
    valueFrom: z.union([object({ configMapKeyRef: byKey }), object({ secretKeyRef: byKey })]),
  }),
]);
const container = object({
  name,
  image: z.string().min(1),
  command: z.array(z.string()).min(1),
  ports: z
    .array(object({ name: portRef, containerPort: portNumber, protocol: z.enum(['TCP', 'UDP']).optional() }))
    .optional(),
  envFrom: z.array(z.union([object({ configMapRef: byName }), object({ secretRef: byName })])).optional(),
  env: z.array(environmentVariable).optional(),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources: object({
    requests: object({ cpu: quantity, memory: quantity }),
    limits: object({ memory: quantity, cpu: quantity.optional() }),
  }),
  // Pods of a namespace that enforces the restricted standard are refused without these.
  securityContext: object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z
    .array(object({ name, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }))
    .optional(),
});
const volume = z.union([
  object({
    name,
    emptyDir: object({ medium: z.literal('Memory').optional(), sizeLimit: quantity.optional() }),
  }),
  object({ name, secret: object({ secretName: name, defaultMode: count.max(0o777).optional() }) }),
  object({ name, persistentVolumeClaim: object({ claimName: name }) }),
]);
const pod = {
  terminationGracePeriodSeconds: count.optional(),
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.boolean().optional(),
  securityContext: object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().int().min(1),
    fsGroup: z.number().int().min(1).optional(),
    seccompProfile: object({ type: z.literal('RuntimeDefault') }),
  }),
  topologySpreadConstraints: z
    .array(
      object({
        maxSkew: z.number().int().min(1),
        topologyKey: z.string(),
        whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
        labelSelector: selector,
      }),
    )
    .optional(),
  containers: z.array(container).min(1),
  volumes: z.array(volume).optional(),
};
const template = (spec) => object({ metadata: object({ labels }), spec: object(spec) });
const scaleTarget = object({ apiVersion: z.literal('apps/v1'), kind: z.literal('Deployment'), name });

const networkPorts = z.array(object({ protocol: z.enum(['TCP', 'UDP']), port: portRef })).min(1);
const peers = z.array(
  object({
    podSelector: selector.optional(),
    namespaceSelector: selector.optional(),
    ipBlock: object({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
  }),
);

const kafkaTrigger = object({
  type: z.literal('kafka'),
  metadata: object({
    bootstrapServers: z.string(),
    consumerGroup: z.string(),
    topic: z.string(),
    lagThreshold: z.string().regex(/^\d+$/),
    offsetResetPolicy: z.enum(['earliest', 'latest']),
    sasl: z.literal('scram_sha512').optional(),
    tls: z.enum(['enable', 'disable']).optional(),
  }),
  authenticationRef: object({ name }).optional(),
});
const cpuTrigger = object({
  type: z.literal('cpu'),
  metricType: z.literal('Utilization'),
  metadata: object({ value: z.string().regex(/^\d+$/) }),
});

const acl = object({
  resource: object({
    type: z.enum(['topic', 'group', 'cluster']),
    name: z.string().optional(),
    patternType: z.enum(['literal', 'prefix']).optional(),
  }),
  operations: z
    .array(z.enum(['Read', 'Write', 'Create', 'Describe', 'DescribeConfigs', 'IdempotentWrite']))
    .min(1),
});

/** By `apiVersion kind`. */
const kinds = {
  'v1 Namespace': { metadata },
  'v1 ConfigMap': { metadata, data: z.record(variable, z.string()) },
  'v1 Service': {
    metadata,
    spec: object({
      type: z.enum(['ClusterIP', 'LoadBalancer']).optional(),
      selector: labels,
      ports: z.array(
        object({
          name: portRef,
          port: portNumber,
          targetPort: portRef,
          protocol: z.enum(['TCP', 'UDP']).optional(),
        }),
      ),
    }),
  },
  'v1 PersistentVolumeClaim': {
    metadata,
    spec: object({
      accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadWriteMany'])).length(1),
      storageClassName: z.string().optional(),
      resources: object({ requests: object({ storage: quantity }) }),
    }),
  },
  'apps/v1 Deployment': {
    metadata,
    spec: object({
      replicas: count.optional(),
      strategy: object({ type: z.enum(['Recreate', 'RollingUpdate']) }).optional(),
      selector,
      template: template(pod),
    }),
  },
  'batch/v1 Job': {
    metadata,
    spec: object({
      backoffLimit: count,
      activeDeadlineSeconds: count,
      ttlSecondsAfterFinished: count.optional(),
      template: template({ ...pod, restartPolicy: z.enum(['OnFailure', 'Never']) }),
    }),
  },
  'policy/v1 PodDisruptionBudget': { metadata, spec: object({ maxUnavailable: count, selector }) },
  'networking.k8s.io/v1 NetworkPolicy': {
    metadata,
    spec: object({
      podSelector: selector,
      policyTypes: z.array(z.enum(['Ingress', 'Egress'])).min(1),
      ingress: z.array(object({ from: peers.optional(), ports: networkPorts.optional() })).optional(),
      egress: z.array(object({ to: peers.optional(), ports: networkPorts.optional() })).optional(),
    }),
  },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    metadata,
    spec: object({
      scaleTargetRef: scaleTarget,
      minReplicas: z.number().int().min(1),
      maxReplicas: z.number().int().min(1),
      metrics: z
        .array(
          object({
            type: z.literal('Resource'),
            resource: object({
              name: z.literal('cpu'),
              target: object({
                type: z.literal('Utilization'),
                averageUtilization: z.number().int().min(1).max(100),
              }),
            }),
          }),
        )
        .min(1),
      behavior: object({ scaleDown: object({ stabilizationWindowSeconds: count.max(3600) }) }).optional(),
    }),
  },
  'keda.sh/v1alpha1 ScaledObject': {
    metadata,
    spec: object({
      scaleTargetRef: object({ name }),
      minReplicaCount: count,
      maxReplicaCount: z.number().int().min(1),
      pollingInterval: count.optional(),
      cooldownPeriod: count.optional(),
      triggers: z.array(z.union([kafkaTrigger, cpuTrigger])).min(1),
    }),
  },
  'keda.sh/v1alpha1 TriggerAuthentication': {
    metadata,
    spec: object({
      env: z
        .array(object({ parameter: z.enum(['username']), name: variable, containerName: name }))
        .optional(),
      secretTargetRef: z
        .array(object({ parameter: z.enum(['username', 'password', 'ca']), name, key: z.string() }))
        .min(1),
    }),
  },
  'kafka.strimzi.io/v1 KafkaTopic': {
    metadata: metadata.extend({ labels: object({ 'strimzi.io/cluster': name }) }),
    spec: object({
      partitions: z.number().int().min(1),
      replicas: z.number().int().min(1),
      config: object({ 'min.insync.replicas': z.number().int().min(1), 'retention.ms': z.number().int() }),
    }),
  },
  'kafka.strimzi.io/v1 KafkaUser': {
    metadata: metadata.extend({ labels: object({ 'strimzi.io/cluster': name }) }),
    spec: object({
      authentication: object({ type: z.enum(['scram-sha-512', 'tls', 'tls-external']) }),
      authorization: object({ type: z.literal('simple'), acls: z.array(acl).min(1) }),
    }),
  },
  'external-secrets.io/v1 ExternalSecret': {
    metadata,
    spec: object({
      refreshInterval: z.string().regex(/^\d+[smh]$/),
      secretStoreRef: object({ kind: z.enum(['SecretStore', 'ClusterSecretStore']), name }),
      target: object({ name }),
      data: z
        .array(
          object({ secretKey: z.string(), remoteRef: object({ key: z.string(), property: z.string() }) }),
        )
        .min(1),
    }),
  },
};
const schemas = new Map(
  Object.entries(kinds).map(([known, parts]) => {
    const [apiVersion, kind] = known.split(' ');
    return [known, object({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), ...parts })];
  }),
);

/** Everything wrong with one object, each with its path; nothing: an empty list. */
export function problemsOf(manifest) {
  const known = `${manifest?.apiVersion} ${manifest?.kind}`;
  const from = `${manifest?.kind}/${manifest?.metadata?.name}`;
  const schema = schemas.get(known);
  if (schema === undefined) return [`${from}: no schema of ${known}`];
  const parsed = schema.safeParse(manifest);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => `${from}: ${issue.path.map(String).join('.')}: ${issue.message}`);
}
