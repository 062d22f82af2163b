"""The built-in kinds, as data.

A line of `_TABLE` is: plural, kind, short names, scope, traits, subresources, categories; `-` stands
for none. Traits: `gen` counts generations, `label` has names that are DNS labels, `free` names that
are any path segment, `back` answers a deletion with the object, `orphan` leaves its dependents
behind by default, `cond` takes no update without a resource version.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.cluster.memory.resources import VERBS, Resource

_TABLE = """
[v1]
bindings                 Binding               -       namespaced create                 -  -
componentstatuses        ComponentStatus       cs      cluster    read                   -  -
configmaps               ConfigMap             cm      namespaced -                      -  -
endpoints                Endpoints             ep      namespaced -                      -  -
events                   Event                 ev      namespaced -                      -  -
limitranges              LimitRange            limits  namespaced -                      -  -
namespaces               Namespace             ns      cluster    label,nocollection     status,finalize  -
nodes                    Node                  no      cluster    -                      status,proxy  -
persistentvolumeclaims   PersistentVolumeClaim pvc     namespaced back                   status -
persistentvolumes        PersistentVolume      pv      cluster    back                   status -
pods                     Pod                   po      namespaced gen,back               status,binding,eviction,log,exec,attach,portforward,proxy,ephemeralcontainers,resize  all
podtemplates             PodTemplate           -       namespaced gen,back               -  -
replicationcontrollers   ReplicationController rc      namespaced gen,orphan             status,scale  all
resourcequotas           ResourceQuota         quota   namespaced back                   status  -
secrets                  Secret                -       namespaced -                      -  -
serviceaccounts          ServiceAccount        sa      namespaced back                   token  -
services                 Service               svc     namespaced label,back             status,proxy  all
[apps/v1]
controllerrevisions      ControllerRevision    -       namespaced -                      -  -
daemonsets               DaemonSet             ds      namespaced gen                    status  all
deployments              Deployment            deploy  namespaced gen                    status,scale  all
replicasets              ReplicaSet            rs      namespaced gen                    status,scale  all
statefulsets             StatefulSet           sts     namespaced gen                    status,scale  all
[batch/v1]
cronjobs                 CronJob               cj      namespaced gen                    status  all
jobs                     Job                   -       namespaced gen,orphan             status  all
[networking.k8s.io/v1]
ingressclasses           IngressClass          -       cluster    gen                    -  -
ingresses                Ingress               ing     namespaced gen                    status  -
ipaddresses              IPAddress             ip      cluster    -                      -  -
networkpolicies          NetworkPolicy         netpol  namespaced gen                    -  -
servicecidrs             ServiceCIDR           -       cluster    -                      status  -
[discovery.k8s.io/v1]
endpointslices           EndpointSlice         -       namespaced gen                    -  -
[coordination.k8s.io/v1]
leases                   Lease                 -       namespaced cond                   -  -
[rbac.authorization.k8s.io/v1]
clusterrolebindings      ClusterRoleBinding    -       cluster    free                   -  -
clusterroles             ClusterRole           -       cluster    free                   -  -
rolebindings             RoleBinding           -       namespaced free                   -  -
roles                    Role                  -       namespaced free                   -  -
[apiextensions.k8s.io/v1]
customresourcedefinitions CustomResourceDefinition crd,crds cluster gen,cond             status  api-extensions
[storage.k8s.io/v1]
csidrivers               CSIDriver             -       cluster    gen,back               -  -
csinodes                 CSINode               -       cluster    back                   -  -
csistoragecapacities     CSIStorageCapacity    -       namespaced -                      -  -
storageclasses           StorageClass          sc      cluster    back                   -  -
volumeattachments        VolumeAttachment      -       cluster    back                   status  -
volumeattributesclasses  VolumeAttributesClass vac     cluster    -                      -  -
[policy/v1]
poddisruptionbudgets     PodDisruptionBudget   pdb     namespaced gen                    status  -
[autoscaling/v2]
horizontalpodautoscalers HorizontalPodAutoscaler hpa   namespaced -                      status  all
[scheduling.k8s.io/v1]
priorityclasses          PriorityClass         pc      cluster    gen                    -  -
[node.k8s.io/v1]
runtimeclasses           RuntimeClass          -       cluster    -                      -  -
[admissionregistration.k8s.io/v1]
mutatingwebhookconfigurations   MutatingWebhookConfiguration   - cluster gen             -  api-extensions
validatingadmissionpolicies     ValidatingAdmissionPolicy      - cluster gen             status  api-extensions
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - cluster gen         -  api-extensions
validatingwebhookconfigurations ValidatingWebhookConfiguration - cluster gen             -  api-extensions
[apiregistration.k8s.io/v1]
apiservices              APIService            -       cluster    -                      status  api-extensions
[flowcontrol.apiserver.k8s.io/v1]
flowschemas              FlowSchema            -       cluster    gen                    status  -
prioritylevelconfigurations PriorityLevelConfiguration - cluster  gen                    status  -
[certificates.k8s.io/v1]
certificatesigningrequests CertificateSigningRequest csr cluster  -                      status,approval  -
[authentication.k8s.io/v1]
selfsubjectreviews       SelfSubjectReview     -       cluster    create                 -  -
tokenreviews             TokenReview           -       cluster    create                 -  -
[authorization.k8s.io/v1]
localsubjectaccessreviews LocalSubjectAccessReview -   namespaced create                 -  -
selfsubjectaccessreviews SelfSubjectAccessReview -     cluster    create                 -  -
selfsubjectrulesreviews  SelfSubjectRulesReview -      cluster    create                 -  -
subjectaccessreviews     SubjectAccessReview   -       cluster    create                 -  -
"""

_SELECTABLE = {
    "certificatesigningrequests": "spec.signerName",
    "events": "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid"
    " involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason"
    " reportingComponent type",
    "jobs": "status.successful",
    "namespaces": "status.phase",
    "nodes": "spec.unschedulable",
    "pods": "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName"
    " spec.hostNetwork status.phase status.podIP status.nominatedNodeName",
    "replicasets": "status.replicas",
    "replicationcontrollers": "status.replicas",
    "secrets": "type",
    "services": "spec.clusterIP spec.type",
}

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
    plural, kind, short, scope, traits, subresources, categories = columns
    has = frozenset(_list(traits))
    verbs = next((_VERBS[trait] for trait in _VERBS if trait in has), VERBS)
    if "nocollection" in has:
        verbs = tuple(verb for verb in verbs if verb != "deletecollection")
    return Resource(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=scope == "namespaced",
        singular=kind.lower(),
        short_names=_list(short),
        categories=_list(categories),
        subresources=frozenset(_list(subresources)),
        verbs=verbs,
        fields=_fields(plural),
        generation="gen" in has,
        dns_label="label" in has,
        free_name="free" in has,
        returned="back" in has,
        orphans="orphan" in has,
        conditional="cond" in has,
    )


def _fields(plural: str) -> dict[str, tuple[str, ...]]:
    found = {label: tuple(label.split(".")) for label in _SELECTABLE.get(plural, "").split()}
    if plural == "events":
        found["source"] = ("source", "component")
    return found


def _list(column: str) -> tuple[str, ...]:
    return () if column == "-" else tuple(column.split(","))
