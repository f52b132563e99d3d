// A Dash address with its key, and signatures of messages as Dash Core makes them.
import { createECDH, createHash, createPrivateKey, sign } from "node:crypto";

const kRegtestVersion = 140;
const kMagic = "DarkCoin Signed Message:\n";
const kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

function base58(bytes) {
    let number = BigInt(`0x${bytes.toString("hex")}`);
    let text = "";
    for (; number > 0n; number /= 58n) text = kAlphabet[Number(number % 58n)] + text;
    return text;
}

function compactSize(size) {
    return size < 253 ? Buffer.from([size]) : Buffer.from([253, size & 255, size >> 8]);
}

export class Signer {
    constructor() {
        this.pair = createECDH("secp256k1");
        this.pair.generateKeys();
        const hash = createHash("ripemd160").update(sha256(this.pair.getPublicKey(null, "compressed"))).digest();
        const body = Buffer.concat([Buffer.from([kRegtestVersion]), hash]);
        this.address = base58(Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]));
    }

    #key() {
        const point = this.pair.getPublicKey();
        const part = (from) => point.subarray(from, from + 32).toString("base64url");
        return createPrivateKey({ format: "jwk", key: { kty: "EC", crv: "secp256k1", d: this.pair.getPrivateKey().toString("base64url"), x: part(1), y: part(33) } });
    }

    /** In base64, one of these is right: which of the keys that fit is meant cannot be told without arithmetic on the curve. */
    sign(message) {
        const text = Buffer.from(message);
        const whole = Buffer.concat([compactSize(kMagic.length), Buffer.from(kMagic), compactSize(text.length), text]);
        const signature = sign("sha256", sha256(whole), { key: this.#key(), dsaEncoding: "ieee-p1363" });
        return [0, 1, 2, 3].map((guess) => Buffer.concat([Buffer.from([31 + guess]), signature]).toString("base64"));
    }
}
