namespace Tandem.Core.Tests.Lacp;

/// <summary>The golden frames of the reference, in hexadecimal; the zeros at the end are left out.</summary>
internal static class GoldenFrames
{
    // Host, fast, first PDU after link-up (EXPIRED, defaulted partner)
    public static byte[] V1 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e100001001180000001c7000000021400000000000000000000000000000200" + "0000031"
        );

    // Host, slow, DEFAULTED (nobody answered for 3 s)
    public static byte[] V2 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e10000100118000000145000000021400000000000000000000000000000000" + "0000031"
        );

    // Host, fast, ATTACHED: in sync, partner known but not in sync
    public static byte[] V3 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e1000010011800000010f0000000214100002005e20000103e9008001010500" + "0000031"
        );

    // Switch, slow, COLLECTING (independent control)
    public static byte[] V4 { get; } =
        Frame(
            "0180c200000202005e2001018809"
                + "01010114100002005e20000103e9008001011d0000000214800002005e1000010011800000010f00"
                + "000003100005"
        );

    // Host, fast, COLLECTING and DISTRIBUTING
    public static byte[] V5 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e1000010011800000013f0000000214100002005e20000103e9008001011d00" + "0000031"
        );

    // Switch EXPIRED (it lost the host; still attached)
    public static byte[] V6 { get; } =
        Frame(
            "0180c200000202005e2001018809"
                + "01010114100002005e20000103e9008001018d0000000214800002005e1000010011800000013700"
                + "000003100005"
        );

    // Host as Individual link, slow, fully up
    public static byte[] V7 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e100001001180000001390000000214100002005e20000103e9008001013d00" + "0000031"
        );

    // Host farewell (graceful removal)
    public static byte[] V8 { get; } =
        Frame(
            "0180c200000202005e1000118809" + "01010114800002005e100001001180000001070000000214100002005e20000103e9008001013d00" + "0000031"
        );

    // Marker request from the switch
    public static byte[] V9 { get; } = Frame("0180c200000202005e2001018809" + "02010110010102005e2000010badcafe");

    // Marker Response by the host to V9
    public static byte[] V10 { get; } = Frame("0180c200000202005e1000118809" + "02010210010102005e2000010badcafe");

    // Switch, LACPv2 normal-size PDU
    public static byte[] V11 { get; } =
        Frame(
            "0180c200000202005e2001018809"
                + "01020114100002005e20000103e9008001013d0000000214800002005e1000010011800000013f00"
                + "00000310000500000000000000000000000004060080c20105140001101112131415161718191a1b"
                + "1c1d1e1f0a12a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
        );

    // Version 0xF1 with retry counts (SONiC style)
    public static byte[] V12 { get; } =
        Frame(
            "0180c200000202005e2001018809"
                + "01f10114100002005e20000103e9008001013d0000000214800002005e1000010011800000013f00"
                + "00000310000000000000000000000000000080040500810403"
        );

    private static byte[] Frame(string hex) => Convert.FromHexString(hex.PadRight(248, '0'));
}
