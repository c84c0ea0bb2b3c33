"""A cable between the bot and the workspace that can really be cut: it resets, freezes and holds TCP connections.

`freeze` is a dead path: bytes of the connections that exist go nowhere and nobody is told. `reset` is a RST. Connections made
afterwards work.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading


class Cable:
    """Listens on a loopback port and passes bytes to another."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._frozen: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Both ends of every connection get a RST."""
        for each in self._ends():
            self._kill(each)

    def freeze(self) -> None:
        """Nothing passes any more on the connections that exist; their sockets stay open."""
        with self._lock:
            self._frozen |= {end for pair in self._pairs for end in pair}

    def close(self) -> None:
        """Unplug."""
        self._kill(self._listener)
        self.reset()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                with self._lock:
                    self._pairs.append((near, far))
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source not in self._frozen:
                    target.sendall(data)
            if source not in self._frozen:
                target.shutdown(socket.SHUT_WR)

    def _ends(self) -> list[socket.socket]:
        with self._lock:
            ends = [end for pair in self._pairs for end in pair]
            self._pairs.clear()
        return ends

    @staticmethod
    def _kill(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RD)
        end.close()
