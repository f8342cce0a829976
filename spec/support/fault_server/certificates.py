# SPDX-License-Identifier: MIT
"""Certificates and TLS contexts, made by the openssl command when first asked for.

A profile is "good" (by our authority, for 127.0.0.1 and localhost), a way to speak TLS, or a
certificate that a client must refuse:

  expired, not_yet_valid, wrong_host, self_signed, unknown_ca
  no_ca         by an issuer whose own certificate says CA:FALSE
  client_only   its extended key usage is client authentication alone
  weak_key      RSA of 1024 bits
  weak_hash     signed with SHA-1
  no_chain      by an intermediate authority that the server does not send; "chain" does
  old_protocol  the good one, but TLS 1.1 is the newest that is spoken
"""
import datetime
import os
import ssl
import subprocess
import threading

CONFIG = """
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
unique_subject = no
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
"""
HERE = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:dynamo.test"
AUTHORITY = "basicConstraints=critical,CA:TRUE"


class Kind:
    """How a certificate is made; `issuer` None: by its own key. Days count from now."""

    def __init__(self, *extensions, issuer="ca", days=(-2, 2), rsa=None, digest="sha256"):
        self.extensions = extensions or (HERE,)
        self.issuer, self.days, self.rsa, self.digest = issuer, days, rsa, digest


KINDS = {
    "ca": Kind(AUTHORITY, issuer=None),
    "other_ca": Kind(AUTHORITY, issuer=None),
    "intermediate": Kind(AUTHORITY),
    "no_authority": Kind("basicConstraints=critical,CA:FALSE"),
    "good": Kind(),
    "expired": Kind(days=(-20, -10)),
    "not_yet_valid": Kind(days=(10, 20)),
    "wrong_host": Kind("subjectAltName=DNS:other.example"),
    "self_signed": Kind(issuer=None),
    "unknown_ca": Kind(issuer="other_ca"),
    "no_ca": Kind(issuer="no_authority"),
    "client_only": Kind(HERE, "extendedKeyUsage=clientAuth"),
    "weak_key": Kind(rsa="1024"),
    "weak_hash": Kind(digest="sha1"),
    "chain": Kind(issuer="intermediate"),
}
SENT_WITH = {"no_ca": "no_authority", "chain": "intermediate"}  # what else the server sends
SAME_AS = {"no_chain": "chain", "old_protocol": "good"}


def date(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Certificates:
    """The files <kind>.crt and <kind>.key of a folder."""

    def __init__(self, folder):
        self.folder, self.made, self.contexts = folder, set(), {}
        self.lock = threading.Lock()
        self.write("ca.cnf", CONFIG)
        self.write("index.txt", "")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def openssl(self, *arguments):
        done = subprocess.run(("openssl",) + arguments, cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise RuntimeError("openssl %s: %s" % (" ".join(arguments), done.stderr.decode()))

    def need(self, name):
        """Makes a kind and its issuers unless they are there; returns its path without ".crt"."""
        if name not in self.made:
            if KINDS[name].issuer:
                self.need(KINDS[name].issuer)
            self.make(name, KINDS[name])
            self.made.add(name)
        return self.path(name)

    def make(self, name, kind):
        if kind.rsa:
            self.openssl("genrsa", "-out", name + ".key", kind.rsa)
        else:
            self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout",
                         "-out", name + ".key")
        self.openssl("req", "-new", "-config", "ca.cnf", "-key", name + ".key",
                     "-subj", "/CN=fault " + name, "-out", name + ".csr")
        self.write(name + ".ext", "\n".join(kind.extensions))
        issuer = kind.issuer
        by = ("-cert", issuer + ".crt", "-keyfile", issuer + ".key") if issuer \
            else ("-selfsign", "-keyfile", name + ".key")
        self.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-rand_serial",
                     "-in", name + ".csr", "-out", name + ".crt", "-extfile", name + ".ext",
                     "-md", kind.digest, "-startdate", date(kind.days[0]),
                     "-enddate", date(kind.days[1]), *by)

    def chain_of(self, profile):
        """Returns the file that the server of a profile sends."""
        name = SAME_AS.get(profile, profile)
        base, more = self.need(name), SENT_WITH.get(profile)
        if not more:
            return base
        with open(base + ".crt", encoding="ascii") as own, \
                open(self.path(more + ".crt"), encoding="ascii") as issuer:
            self.write(profile + ".chain.crt", own.read() + issuer.read())
        return base + ".chain"

    def context(self, profile):
        """Returns the server's TLS context of a profile."""
        with self.lock:
            if profile not in self.contexts:
                self.contexts[profile] = self.new_context(profile)
            return self.contexts[profile]

    def new_context(self, profile):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        if profile == "old_protocol":
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        chain = self.chain_of(profile)
        key = self.path(SAME_AS.get(profile, profile)) + ".key"
        context.load_cert_chain(chain + ".crt", key)
        return context
