"""Addresses that requests may go to: public ones only."""

import ipaddress

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Older versions of Python call them public: addresses of protocols and of documents, and those at
# which clouds serve the machines inside of them.
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20", "64:ff9b:1::/48"),
    )
)


def is_public(address: str) -> bool:
    """Return whether an IP address is on the internet, and not inside of a network.

    IPv6 addresses that contain an IPv4 address are judged by that one, too.
    """
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped
        if one in _NAT64:
            inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        inner = one.sixtofour or (one.teredo and one.teredo[1])
        if inner is not None and not is_public(str(inner)):
            return False
        if one.is_site_local:
            return False
    if any(one in network for network in _NEVER):
        return False
    return one.is_global and not one.is_multicast and not one.is_reserved


def is_private_literal(host: str) -> bool:
    """Return whether a host is an IP address, or `localhost`, that no request may go to."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)
