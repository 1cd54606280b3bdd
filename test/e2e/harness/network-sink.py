"""Runs a command in a network of its own that answers every name and leads nowhere, and notes what it looks up or sends.

network-sink.py FILE COMMAND...: FILE receives one line for each name that is looked up and each packet that begins a
connection or carries a datagram, loopback addresses left out. Must be started by `unshare --net`: it takes every
address of that network. Exits with the command's code.
"""

import ipaddress
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

ANSWER = "203.0.113.7"
DNS_PORT = 53
ALL_PROTOCOLS = 3
TCP, UDP = 6, 17
OUTGOING = socket.PACKET_OUTGOING
SYN_AND_ACK, SYN = 0x12, 0x02

notes = Path(sys.argv[1])
noting = threading.Lock()


def note(line: str) -> None:
    with noting, notes.open("a") as file:
        file.write(f"{line}\n")


def name_in(query: bytes) -> tuple[str, int]:
    """The name that is asked for, and where it ends."""
    labels = []
    at = 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    return ".".join(labels), at + 1


def answer_names(server: socket.socket) -> None:
    while True:
        query, asker = server.recvfrom(4096)
        name, end = name_in(query)
        (kind,) = struct.unpack(">H", query[end : end + 2])
        note(f"looks up {name}")
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(ANSWER) if kind == 1 else b""
        counts = struct.pack(">HHHH", 1, 1 if answer else 0, 0, 0)
        server.sendto(query[:2] + b"\x81\x80" + counts + query[12 : end + 4] + answer, asker)


def note_packets(packets: socket.socket) -> None:
    while True:
        packet, (_, _, direction, *_) = packets.recvfrom(65535)
        if direction == OUTGOING:
            note_packet(packet)


def note_packet(packet: bytes) -> None:
    is_version_4 = packet[0] >> 4 == 4
    start = (packet[0] & 15) * 4 if is_version_4 else 40
    protocol = packet[9] if is_version_4 else packet[6]
    address = ipaddress.ip_address(packet[16:20] if is_version_4 else packet[24:40])
    if address.is_loopback or address.is_multicast or protocol not in (TCP, UDP):
        return
    source_port, port = struct.unpack(">HH", packet[start : start + 4])
    if protocol == UDP and DNS_PORT not in (source_port, port):
        note(f"sends to {address} port {port}")
    if protocol == TCP and packet[start + 13] & SYN_AND_ACK == SYN:
        note(f"connects to {address} port {port}")


for family in ("-4", "-6"):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", family, "route", "add", "local", "default", "dev", "lo"], check=True)
server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.bind(("::", DNS_PORT))
packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL_PROTOCOLS))
threading.Thread(target=answer_names, args=[server], daemon=True).start()
threading.Thread(target=note_packets, args=[packets], daemon=True).start()
sys.exit(subprocess.run(sys.argv[2:], check=False).returncode)
