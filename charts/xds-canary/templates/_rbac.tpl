{{/*
What the server may do, in one place: the same for a ClusterRole and for a Role. The Lease is apart, in a Role of its namespace,
and so are the replicas' own EndpointSlices where the one namespace that is watched is not theirs.
*/}}
{{- define "xds-canary.rules" -}}
# What is followed: the mesh, the canaries and their targets, and what these refer to. Secrets: tokens of providers, and
# configurations of targets.
- apiGroups: [""]
  resources: [services, configmaps, secrets]
  verbs: [list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups: [apps]
  resources: [deployments, daemonsets]
  verbs: [list, watch]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [list, watch]
- apiGroups: [flagger.app]
  resources: [canaries, metrictemplates, alertproviders]
  verbs: [list, watch]
- apiGroups: [split.smi-spec.io]
  resources: [trafficsplits]
  verbs: [list, watch]
- apiGroups: [specs.smi-spec.io]
  resources: [httproutegroups]
  verbs: [list, watch]
# What is made of a canary: Services, the primary (read again before it is changed) and its autoscaler, the TrafficSplit. To apply
# an object that may be missing takes create as well as patch.
- apiGroups: [""]
  resources: [services]
  verbs: [create, patch, update]
- apiGroups: [apps]
  resources: [deployments, daemonsets]
  verbs: [get, create, patch, update]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [create, update]
- apiGroups: [split.smi-spec.io]
  resources: [trafficsplits]
  verbs: [create, patch]
# Copies of ConfigMaps and Secrets, one set for each revision, and the revisions themselves; old ones are deleted.
- apiGroups: [""]
  resources: [configmaps, secrets]
  verbs: [create, update, delete]
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [get, list, create, delete]
# What is told of canaries and of TrafficSplits. Finalizers: a canary's, and being named as the owner of what is made.
- apiGroups: [flagger.app]
  resources: [canaries, canaries/status]
  verbs: [patch]
- apiGroups: [split.smi-spec.io]
  resources: [trafficsplits/status]
  verbs: [patch]
- apiGroups: [flagger.app]
  resources: [canaries/finalizers]
  verbs: [update]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}
