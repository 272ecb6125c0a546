namespace XdsCanary.TestKit.Cluster;

/// <summary>What is done first inside the namespaces of <see cref="PrivateNetwork"/>.</summary>
internal static class NetworkScript
{
    /// <summary>A script for <c>sh</c>; its arguments are the program to run and that program's arguments.</summary>
    public const string Text =
        """
        set -e
        PATH="$PATH:/usr/sbin:/sbin"
        command -v ip >/dev/null || { echo "'ip' is missing (Debian: apt-get install iproute2)" >&2; exit 127; }
        ip link set lo up
        ip route add local 10.96.0.0/16 dev lo

        # Files that the kernel throws away with the namespace. /dev/shm is on every Linux, and nobody needs what is below it.
        mount -t tmpfs -o mode=1777 tmpfs /dev/shm
        mkdir -m 1777 /dev/shm/tmp
        mkdir /dev/shm/lower
        ln -s /* /dev/shm/lower/

        # In these folders, new entries are ours alone; the entries that there were are reached by links.
        for folder in etc run; do
          rm "/dev/shm/lower/$folder"
          mkdir "/dev/shm/lower/$folder"
          mount --rbind "/$folder" "/dev/shm/lower/$folder"
          mount -t tmpfs -o mode=755 tmpfs "/$folder"
          for entry in "/dev/shm/lower/$folder"/* "/dev/shm/lower/$folder"/.[!.]*; do
            if [ -e "$entry" ] || [ -L "$entry" ]; then echo "$entry"; fi
          done | tr '\n' '\0' | xargs -0 -r ln -s -t "/$folder"
        done
        # Pods find their service account's token below it, at a path that their programs know.
        rm -f /run/secrets
        mkdir /run/secrets
        rm -f /etc/hosts
        echo '127.0.0.1 localhost' >/etc/hosts

        # Pods have networks of their own at a bridge; where the kernel has no such thing, they share this one.
        mode=bridged
        if ip link add pods type bridge && ip netns add probe && ip link add probe type veth peer name eth0 netns probe; then
          ip netns del probe
          ip address add 10.244.0.1/16 dev pods
          ip address add 10.244.255.254/32 dev lo
          ip link set pods up
        else
          mode=shared
          ip link del pods || true
          ip route add local 10.244.0.0/16 dev lo
        fi 2>/dev/null

        export TMPDIR=/dev/shm/tmp XDSCANARY_PRIVATE_NETWORK="$mode"
        set +e
        # The first process of a namespace must wait for orphans, and all others end with it: a shell can do both.
        if [ $$ -ne 1 ]; then exec "$@"; fi
        "$@"
        exit $?
        """;
}
