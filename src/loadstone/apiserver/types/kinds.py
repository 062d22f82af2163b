"""Built-in kinds, as a table.

A line of `_TABLE` is: plural, kind, short names, scope (namespaced or cluster), traits,
subresources; `-` stands for none.
Traits: `gen` counts generations, `label` has names that are DNS labels, `free` names that are any
path segment, `back` answers a deletion with the object, `orphan` leaves its dependents behind by
default, `cond` takes no update without a resource version, `one` deletes no collections, `create`
and `read` do nothing else, `view` shows what another API keeps. The subresource `+` stands for
those that only pods have.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.apiserver.machinery.resources import VERBS, Resource

_TABLE = """
[v1]
bindings                   Binding                   -        n create     -
componentstatuses          ComponentStatus           cs       c read       -
configmaps                 ConfigMap                 cm       n -          -
endpoints                  Endpoints                 ep       n -          -
events                     Event                     ev       n -          -
limitranges                LimitRange                limits   n -          -
namespaces                 Namespace                 ns       c label,one  status,finalize
nodes                      Node                      no       c -          status,proxy
persistentvolumeclaims     PersistentVolumeClaim     pvc      n back       status
persistentvolumes          PersistentVolume          pv       c back       status
pods                       Pod                       po       n gen,back   status,+
podtemplates               PodTemplate               -        n gen,back   -
replicationcontrollers     ReplicationController     rc       n gen,orphan status,scale
resourcequotas             ResourceQuota             quota    n back       status
secrets                    Secret                    -        n -          -
serviceaccounts            ServiceAccount            sa       n back       token
services                   Service                   svc      n label,back status,proxy
[apps/v1]
controllerrevisions        ControllerRevision        -        n -          -
daemonsets                 DaemonSet                 ds       n gen        status
deployments                Deployment                deploy   n gen        status,scale
replicasets                ReplicaSet                rs       n gen        status,scale
statefulsets               StatefulSet               sts      n gen        status,scale
[batch/v1]
cronjobs                   CronJob                   cj       n gen        status
jobs                       Job                       -        n gen,orphan status
[networking.k8s.io/v1]
ingressclasses             IngressClass              -        c gen        -
ingresses                  Ingress                   ing      n gen        status
ipaddresses                IPAddress                 ip       c -          -
networkpolicies            NetworkPolicy             netpol   n gen        -
servicecidrs               ServiceCIDR               -        c -          status
[discovery.k8s.io/v1]
endpointslices             EndpointSlice             -        n gen        -
[coordination.k8s.io/v1]
leases                     Lease                     -        n cond       -
[rbac.authorization.k8s.io/v1]
clusterrolebindings        ClusterRoleBinding        -        c free       -
clusterroles               ClusterRole               -        c free       -
rolebindings               RoleBinding               -        n free       -
roles                      Role                      -        n free       -
[apiextensions.k8s.io/v1]
customresourcedefinitions  CustomResourceDefinition  crd,crds c gen,cond   status
[storage.k8s.io/v1]
csidrivers                 CSIDriver                 -        c gen,back   -
csinodes                   CSINode                   -        c back       -
csistoragecapacities       CSIStorageCapacity        -        n -          -
storageclasses             StorageClass              sc       c back       -
volumeattachments          VolumeAttachment          -        c back       status
volumeattributesclasses    VolumeAttributesClass     vac      c -          -
[policy/v1]
poddisruptionbudgets       PodDisruptionBudget       pdb      n gen        status
[autoscaling/v2]
horizontalpodautoscalers   HorizontalPodAutoscaler   hpa      n -          status
[autoscaling/v1]
horizontalpodautoscalers   HorizontalPodAutoscaler   hpa      n view       status
[events.k8s.io/v1]
events                     Event                     ev       n view       -
[resource.k8s.io/v1]
deviceclasses              DeviceClass               -        c gen        -
resourceclaims             ResourceClaim             -        n -          status
resourceclaimtemplates     ResourceClaimTemplate     -        n -          -
resourceslices             ResourceSlice             -        c gen        -
[scheduling.k8s.io/v1]
priorityclasses            PriorityClass             pc       c gen        -
[node.k8s.io/v1]
runtimeclasses             RuntimeClass              -        c -          -
[admissionregistration.k8s.io/v1]
mutatingwebhookconfigurations MutatingWebhookConfiguration -        c gen        -
validatingadmissionpolicies ValidatingAdmissionPolicy -        c gen        status
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding -        c gen        -
validatingwebhookconfigurations ValidatingWebhookConfiguration -        c gen        -
[apiregistration.k8s.io/v1]
apiservices                APIService                -        c -          status
[flowcontrol.apiserver.k8s.io/v1]
flowschemas                FlowSchema                -        c gen        status
prioritylevelconfigurations PriorityLevelConfiguration -        c gen        status
[certificates.k8s.io/v1]
certificatesigningrequests CertificateSigningRequest csr      c -          status,approval
[authentication.k8s.io/v1]
selfsubjectreviews         SelfSubjectReview         -        c create     -
tokenreviews               TokenReview               -        c create     -
[authorization.k8s.io/v1]
localsubjectaccessreviews  LocalSubjectAccessReview  -        n create     -
selfsubjectaccessreviews   SelfSubjectAccessReview   -        c create     -
selfsubjectrulesreviews    SelfSubjectRulesReview    -        c create     -
subjectaccessreviews       SubjectAccessReview       -        c create     -
"""

_SELECTABLE = {
    "certificatesigningrequests": "spec.signerName",
    "events": "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid"
    " involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason"
    " reportingComponent type",
    "jobs": "status.successful",
    "resourceslices": "spec.nodeName spec.driver",
    "namespaces": "status.phase",
    "nodes": "spec.unschedulable",
    "pods": "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName"
    " spec.hostNetwork status.phase status.podIP status.podIPs status.nominatedNodeName",
    "replicationcontrollers": "status.replicas",
    "secrets": "type",
    "services": "spec.clusterIP spec.type",
}

_KEPT_AS = {
    ("autoscaling", "v1"): ("autoscaling", "horizontalpodautoscalers"),
    ("events.k8s.io", "v1"): ("", "events"),
}
_REGARDING = {  # how the newer API selects events
    **{
        f"involvedObject.{field}": f"regarding.{field}"
        for field in (
            "kind",
            "namespace",
            "name",
            "uid",
            "apiVersion",
            "resourceVersion",
            "fieldPath",
        )
    },
    "reportingComponent": "reportingController",
}
_ZEROS = {
    "nodes": {"spec.unschedulable": "false"},
    "pods": {"spec.hostNetwork": "false"},
    "jobs": {"status.successful": "0"},
    "replicationcontrollers": {"status.replicas": "0"},
}

_CATEGORIES = {
    "all": "cronjobs daemonsets deployments horizontalpodautoscalers jobs pods replicasets"
    " replicationcontrollers services statefulsets",
    "api-extensions": "apiservices customresourcedefinitions mutatingwebhookconfigurations"
    " validatingadmissionpolicies validatingadmissionpolicybindings"
    " validatingwebhookconfigurations",
}
_OF_PODS = (
    *("binding", "eviction", "ephemeralcontainers", "resize"),
    *("log", "exec", "attach", "portforward", "proxy"),
)

_VERBS = {"create": ("create",), "read": ("get", "list")}


def kinds() -> Iterator[Resource]:
    """Every built-in kind, in the order in which discovery lists them."""
    group, version = "", "v1"
    for line in _TABLE.strip().splitlines():
        if line.startswith("["):
            group, _, version = line.strip("[]").rpartition("/")
        else:
            yield _kind(group, version, line.split())


def _kind(group: str, version: str, columns: list[str]) -> Resource:
    plural, kind, short, scope, traits, subresources = columns
    has = frozenset(_list(traits))
    verbs = next((_VERBS[trait] for trait in _VERBS if trait in has), VERBS)
    if "one" in has:
        verbs = tuple(verb for verb in verbs if verb != "deletecollection")
    return Resource(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=scope == "n",
        singular=kind.lower(),
        short_names=_list(short),
        categories=tuple(c for c, which in _CATEGORIES.items() if plural in which.split()),
        subresources=_subresources(subresources),
        verbs=verbs,
        fields=_fields(group, plural),
        kept_as=_KEPT_AS[group, version] if "view" in has else None,
        zeros=_ZEROS.get(plural, {}),
        generation="gen" in has,
        dns_label="label" in has,
        free_name="free" in has,
        returned="back" in has,
        orphans="orphan" in has,
        conditional="cond" in has,
    )


def _fields(group: str, plural: str) -> dict[str, tuple[str, ...]]:
    found = {label: tuple(label.split(".")) for label in _SELECTABLE.get(plural, "").split()}
    if group == "events.k8s.io":
        return {_REGARDING.get(label, label): path for label, path in found.items()}
    if plural == "events":
        found["source"] = ("source", "component")
    if plural == "jobs":  # the selector keeps the name that the field once had
        found["status.successful"] = ("status", "succeeded")
    return found


def _subresources(column: str) -> frozenset[str]:
    named = _list(column)
    return frozenset(named) - {"+"} | frozenset(_OF_PODS if "+" in named else ())


def _list(column: str) -> tuple[str, ...]:
    return () if column == "-" else tuple(column.split(","))
