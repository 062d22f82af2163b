# kube-proxy with the iptables of the node, its extensions, and the libraries that they load.
ARG NODE
FROM ${NODE} AS node
RUN mkdir /out && cp --parents -L /usr/sbin/xtables-nft-multi /out \
    && cp --parents -L $(ldd /usr/sbin/xtables-nft-multi /usr/lib/*/xtables/*.so \
       | grep -o '/[^ :]*' | sort -u) /out \
    && for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do \
         ln -s xtables-nft-multi /out/usr/sbin/$name; \
       done
FROM scratch
COPY --from=node /out /
COPY kube-proxy /usr/local/bin/kube-proxy
ENV PATH=/usr/local/bin:/usr/sbin
