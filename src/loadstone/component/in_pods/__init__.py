"""Components as pods: deployed in a cluster, reached, measured, and gone afterwards."""
