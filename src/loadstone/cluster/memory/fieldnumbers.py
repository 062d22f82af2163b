"""The numbers of fields in Kubernetes' protobuf messages, for the kinds that clients send so.

A line is a type of `types.json` and its fields as `number:name`. `+name` stands for fields that
JSON has in the type itself and protobuf in a message of their own, whose line begins with `+name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

_TABLE = """
V1ObjectMeta 1:name 2:generateName 3:namespace 4:selfLink 5:uid 6:resourceVersion 7:generation
V1ObjectMeta 8:creationTimestamp 9:deletionTimestamp 10:deletionGracePeriodSeconds 11:labels
V1ObjectMeta 12:annotations 13:ownerReferences 14:finalizers 17:managedFields
V1OwnerReference 1:kind 3:name 4:uid 5:apiVersion 6:controller 7:blockOwnerDeletion
V1ManagedFieldsEntry 1:manager 2:operation 3:apiVersion 4:time 6:fieldsType 7:fieldsV1 8:subresource
V1LabelSelector 1:matchLabels 2:matchExpressions
V1LabelSelectorRequirement 1:key 2:operator 3:values
V1DeleteOptions 1:gracePeriodSeconds 2:preconditions 3:orphanDependents 4:propagationPolicy 5:dryRun
V1Preconditions 1:uid 2:resourceVersion
V1LocalObjectReference 1:name
V1ObjectReference 1:kind 2:namespace 3:name 4:uid 5:apiVersion 6:resourceVersion 7:fieldPath
V1Namespace 1:metadata 2:spec 3:status
V1NamespaceSpec 1:finalizers
V1NamespaceStatus 1:phase
V1ConfigMap 1:metadata 2:data 3:binaryData 4:immutable
V1Secret 1:metadata 2:data 3:type 4:stringData 5:immutable
V1ServiceAccount 1:metadata 2:secrets 3:imagePullSecrets 4:automountServiceAccountToken
V1Service 1:metadata 2:spec 3:status
V1ServiceSpec 1:ports 2:selector 3:clusterIP 4:type 5:externalIPs 7:sessionAffinity
V1ServiceSpec 8:loadBalancerIP 9:loadBalancerSourceRanges 10:externalName 11:externalTrafficPolicy
V1ServiceSpec 12:healthCheckNodePort 13:publishNotReadyAddresses 17:ipFamilyPolicy 18:clusterIPs
V1ServiceSpec 19:ipFamilies 20:allocateLoadBalancerNodePorts 21:loadBalancerClass
V1ServiceSpec 22:internalTrafficPolicy
V1ServicePort 1:name 2:protocol 3:port 4:targetPort 5:nodePort 6:appProtocol
V1ServiceStatus 1:loadBalancer
V1LoadBalancerStatus 1:ingress
V1LoadBalancerIngress 1:ip 2:hostname
V1ResourceQuota 1:metadata 2:spec 3:status
V1ResourceQuotaSpec 1:hard 2:scopes
V1ResourceQuotaStatus 1:hard 2:used
V1Binding 1:metadata 2:target
V1Pod 1:metadata 2:spec 3:status
V1PodTemplateSpec 1:metadata 2:spec
V1PodSpec 1:volumes 2:containers 3:restartPolicy 4:terminationGracePeriodSeconds
V1PodSpec 5:activeDeadlineSeconds 6:dnsPolicy 7:nodeSelector 8:serviceAccountName 9:serviceAccount
V1PodSpec 10:nodeName 11:hostNetwork 12:hostPID 13:hostIPC 14:securityContext 15:imagePullSecrets
V1PodSpec 16:hostname 17:subdomain 19:schedulerName 20:initContainers
V1PodSpec 21:automountServiceAccountToken 22:tolerations 24:priorityClassName 25:priority
V1PodSpec 27:shareProcessNamespace 29:runtimeClassName 30:enableServiceLinks 31:preemptionPolicy
V1PodStatus 1:phase 2:conditions 3:message 4:reason 5:hostIP 6:podIP 7:startTime
V1PodStatus 8:containerStatuses 9:qosClass 10:initContainerStatuses 11:nominatedNodeName
V1PodSecurityContext 2:runAsUser 3:runAsNonRoot 4:supplementalGroups 5:fsGroup 6:runAsGroup
V1Toleration 1:key 2:operator 3:value 4:effect 5:tolerationSeconds
V1Container 1:name 2:image 3:command 4:args 5:workingDir 6:ports 7:env 8:resources 9:volumeMounts
V1Container 13:terminationMessagePath 14:imagePullPolicy 15:securityContext 16:stdin 17:stdinOnce
V1Container 18:tty 19:envFrom 20:terminationMessagePolicy
V1ContainerPort 1:name 2:hostPort 3:containerPort 4:protocol 5:hostIP
V1EnvVar 1:name 2:value 3:valueFrom
V1EnvVarSource 1:fieldRef 2:resourceFieldRef 3:configMapKeyRef 4:secretKeyRef
V1ObjectFieldSelector 1:apiVersion 2:fieldPath
V1ConfigMapKeySelector 1:+local 2:key 3:optional
V1SecretKeySelector 1:+local 2:key 3:optional
V1EnvFromSource 1:prefix 2:configMapRef 3:secretRef
V1ConfigMapEnvSource 1:+local 2:optional
V1SecretEnvSource 1:+local 2:optional
+local 1:name
V1ResourceRequirements 1:limits 2:requests
V1SecurityContext 1:capabilities 2:privileged 4:runAsUser 5:runAsNonRoot 6:readOnlyRootFilesystem
V1SecurityContext 7:allowPrivilegeEscalation 8:runAsGroup 9:procMount
V1Capabilities 1:add 2:drop
V1VolumeMount 1:name 2:readOnly 3:mountPath 4:subPath 5:mountPropagation 6:subPathExpr
V1Volume 1:name 2:+volume
+volume 1:hostPath 2:emptyDir 6:secret 10:persistentVolumeClaim 19:configMap
V1HostPathVolumeSource 1:path 2:type
V1EmptyDirVolumeSource 1:medium 2:sizeLimit
V1SecretVolumeSource 1:secretName 2:items 3:defaultMode 4:optional
V1ConfigMapVolumeSource 1:+local 2:items 3:defaultMode 4:optional
V1PersistentVolumeClaimVolumeSource 1:claimName 2:readOnly
V1KeyToPath 1:key 2:path 3:mode
V1Deployment 1:metadata 2:spec 3:status
V1DeploymentSpec 1:replicas 2:selector 3:template 4:strategy 5:minReadySeconds
V1DeploymentSpec 6:revisionHistoryLimit 7:paused 9:progressDeadlineSeconds
V1DeploymentStrategy 1:type 2:rollingUpdate
V1RollingUpdateDeployment 1:maxUnavailable 2:maxSurge
V1DeploymentStatus 1:observedGeneration 2:replicas 3:updatedReplicas 4:availableReplicas
V1DeploymentStatus 5:unavailableReplicas 7:readyReplicas 8:collisionCount
V1Job 1:metadata 2:spec 3:status
V1JobSpec 1:parallelism 2:completions 3:activeDeadlineSeconds 4:selector 5:manualSelector 6:template
V1JobSpec 7:backoffLimit 8:ttlSecondsAfterFinished 9:completionMode 10:suspend
V1JobStatus 2:startTime 3:completionTime 4:active 5:succeeded 6:failed 7:completedIndexes 9:ready
V1JobStatus 10:failedIndexes 11:terminating
V1JobTemplateSpec 1:metadata 2:spec
V1CronJob 1:metadata 2:spec 3:status
V1CronJobSpec 1:schedule 2:startingDeadlineSeconds 3:concurrencyPolicy 4:suspend 5:jobTemplate
V1CronJobSpec 6:successfulJobsHistoryLimit 7:failedJobsHistoryLimit 8:timeZone
V1CronJobStatus 1:active 4:lastScheduleTime 5:lastSuccessfulTime
V1Ingress 1:metadata 2:spec 3:status
V1IngressSpec 1:defaultBackend 2:tls 3:rules 4:ingressClassName
V1IngressStatus 1:loadBalancer
V1IngressLoadBalancerStatus 1:ingress
V1IngressLoadBalancerIngress 1:ip 2:hostname
V1IngressTLS 1:hosts 2:secretName
V1IngressRule 1:host 2:+rule
+rule 1:http
V1HTTPIngressRuleValue 1:paths
V1HTTPIngressPath 1:path 2:backend 3:pathType
V1IngressBackend 3:resource 4:service
V1IngressServiceBackend 1:name 2:port
V1ServiceBackendPort 1:name 2:number
V1TypedLocalObjectReference 1:apiGroup 2:kind 3:name
V1Role 1:metadata 2:rules
V1ClusterRole 1:metadata 2:rules 3:aggregationRule
V1AggregationRule 1:clusterRoleSelectors
V1PolicyRule 1:verbs 2:apiGroups 3:resources 4:resourceNames 5:nonResourceURLs
V1RoleBinding 1:metadata 2:subjects 3:roleRef
V1ClusterRoleBinding 1:metadata 2:subjects 3:roleRef
RbacV1Subject 1:kind 2:apiGroup 3:name 4:namespace
V1RoleRef 1:apiGroup 2:kind 3:name
V1PodDisruptionBudget 1:metadata 2:spec 3:status
V1PodDisruptionBudgetSpec 1:minAvailable 2:selector 3:maxUnavailable 4:unhealthyPodEvictionPolicy
V1PodDisruptionBudgetStatus 1:observedGeneration 3:disruptionsAllowed 4:currentHealthy
V1PodDisruptionBudgetStatus 5:desiredHealthy 6:expectedPods
V1Eviction 1:metadata 2:deleteOptions
V1SelfSubjectAccessReview 1:metadata 2:spec 3:status
V1SelfSubjectAccessReviewSpec 1:resourceAttributes 2:nonResourceAttributes
V1ResourceAttributes 1:namespace 2:verb 3:group 4:version 5:resource 6:subresource 7:name
V1NonResourceAttributes 1:path 2:verb
V1SubjectAccessReviewStatus 1:allowed 2:reason 3:evaluationError 4:denied
V1SelfSubjectRulesReview 1:metadata 2:spec 3:status
V1SelfSubjectRulesReviewSpec 1:namespace
V1SubjectRulesReviewStatus 3:incomplete 4:evaluationError
V1SelfSubjectReview 1:metadata 2:status
V1PriorityClass 1:metadata 2:value 3:globalDefault 4:description 5:preemptionPolicy
V1Lease 1:metadata 2:spec
V1LeaseSpec 1:holderIdentity 2:leaseDurationSeconds 3:acquireTime 4:renewTime 5:leaseTransitions
V1Scale 1:metadata 2:spec 3:status
V1ScaleSpec 1:replicas
V1ScaleStatus 1:replicas 2:selector
V2HorizontalPodAutoscaler 1:metadata 2:spec 3:status
V2HorizontalPodAutoscalerSpec 1:scaleTargetRef 2:minReplicas 3:maxReplicas 4:metrics
V2CrossVersionObjectReference 1:kind 2:name 3:apiVersion
V2MetricSpec 1:type 4:resource
V2ResourceMetricSource 1:name 2:target
V2MetricTarget 1:type 2:value 3:averageValue 4:averageUtilization
V2HorizontalPodAutoscalerStatus 1:observedGeneration 3:currentReplicas 4:desiredReplicas
"""


@lru_cache(maxsize=1)
def numbers() -> Mapping[str, Mapping[int, str]]:
    """Type → number → field."""
    found: dict[str, dict[int, str]] = {}
    for line in _TABLE.split("\n"):
        name, *fields = line.split() or [""]
        for number, field in (entry.split(":") for entry in fields):
            found.setdefault(name, {})[int(number)] = field
    return found
