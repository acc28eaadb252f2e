using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Malformed frames, malformed requests, and impossible members.</summary>
public sealed partial class HostileInputTests
{
    private const string Bonds = "http://tandem/v1/bonds";

    /// <summary>A request by curl, and the status of the answer.</summary>
    // csharpier-ignore-start
    private static readonly (string What, int Status, string[] Arguments)[] Requests =
        [
            ("half an object", 400, ["-d", "{", Bonds]),
            ("a list", 400, ["-d", "[]", Bonds]),
            ("no body", 400, ["-X", "POST", Bonds]),
            ("null", 400, ["-d", "null", Bonds]),
            ("a number as a name", 400, ["-d", """{"name":7}""", Bonds]),
            ("a field that does not exist", 400, ["-d", """{"name":"b","extra":1}""", Bonds]),
            ("an object as an option", 400, ["-d", """{"name":"b","options":{"mode":{"a":1}}}""", Bonds]),
            ("an option that does not exist", 400, ["-d", """{"name":"b","options":{"nosuch":"1"}}""", Bonds]),
            ("5000 lists in each other", 400, ["-d", $$"""{"name":{{new string('[', 5000)}}""", Bonds]),
            ("a form", 400, ["-H", "Content-Type: application/x-www-form-urlencoded", "-d", "name=x", Bonds]),
            ("a path out of the tree", 404, [$"{Bonds}/../../etc/passwd"]),
            ("a path out of the tree, hidden", 404, [$"{Bonds}/..%2f..%2fetc%2fpasswd"]),
            ("a name that nobody has", 404, [$"{Bonds}/%C3%A9%F0%9F%94%97"]),
            ("a name of 300 bytes", 404, [$"{Bonds}/{new string('x', 300)}"]),
            ("an unknown path", 404, ["http://tandem/nosuch"]),
            ("a method that is not for all bonds", 405, ["-X", "DELETE", Bonds]),
            ("a method that is not for a bond", 405, ["-X", "POST", $"{Bonds}/bond0"]),
            ("a bond without a spec", 400, ["-X", "PUT", $"{Bonds}/bond0"]),
            ("a method that is none", 405, ["-X", "BREW", Bonds]),
            ("a member that does not exist", 404, ["-X", "PUT", $"{Bonds}/bond0/members/..%2flo"]),
            ("a member with a name too long", 404, ["-X", "PUT", $"{Bonds}/bond0/members/averyveryverylongname"]),
            ("a bond with a path as its name", 400, ["-d", """{"name":"../x"}""", Bonds]),
            ("a bond with no name", 400, ["-d", """{"name":""}""", Bonds]),
            ("a bond with white space in its name", 400, ["-d", """{"name":"a b"}""", Bonds]),
            ("a bond named ..", 400, ["-d", """{"name":".."}""", Bonds]),
            ("a bond with a name too long", 400, ["-d", """{"name":"averyveryverylongname"}""", Bonds]),
            ("a bond with NUL in its name", 400, ["-d", """{"name":"x\u0000y"}""", Bonds]),
            ("a bond with a reserved name", 400, ["-d", """{"name":"all"}""", Bonds]),
            ("a bond with a pattern as its name", 400, ["-d", """{"name":"b%d"}""", Bonds]),
        ];
    // csharpier-ignore-end

    [Fact]
    public void Requests_that_cannot_be_are_answered_with_the_reason()
    {
        using var lab = new Lab(cables: 0, start: false);
        lab.A.Service.Start();
        lab.A.Tandem("link", "add", "bond0", "type", "bond");
        var before = lab.A.Tandem("-d", "link", "show");
        foreach (var (what, status, arguments) in Requests)
            Refused(lab.A, what, status, arguments);

        var large = Path.Combine(lab.A.Directory, "large");
        File.WriteAllText(large, new string('x', 10_000_000));
        Refused(lab.A, "10 MB", 413, ["--data-binary", $"@{large}", Bonds]);

        Assert.Equal(before, lab.A.Tandem("-d", "link", "show"));
        // Only the start and the new bond are logged.
        Assert.True(lab.A.Service.Log.Split('\n').Length <= 4, lab.A.Service.Log);
    }

    [Fact]
    public void What_is_no_http_ends_the_connection_and_nothing_else()
    {
        using var lab = new Lab(cables: 0, start: false);
        lab.A.Service.Start();
        foreach (var bytes in new[] { @"GARBAGE\r\n\r\n", @"\0\0\0\0", @"GET /v1/bonds%%00 HTTP/1.1\r\nHost: x\r\n\r\n", @"\x16\x03\x01" })
            lab.A.Must("bash", "-c", $"printf '{bytes}' | timeout 2 socat -t 0.2 - UNIX-CONNECT:{lab.A.Socket} >/dev/null; true");
        lab.A.Must(
            "bash",
            "-c",
            $"head -c 100000 /dev/urandom | timeout 2 socat -t 0.2 - UNIX-CONNECT:{lab.A.Socket} >/dev/null 2>&1; true"
        );
        lab.A.Tandem("link", "add", "bond0", "type", "bond");
    }

    [Fact]
    public void Interfaces_that_cannot_be_members_are_refused_by_name()
    {
        using var lab = new Lab(cables: 3, start: false);
        var host = lab.A;
        host.Service.Start();
        foreach (var bond in new[] { "bond0", "bond1", "bond2" })
            host.Tandem("link", "add", bond, "type", "bond");
        host.Ip("link", "add", "br0", "type", "bridge");
        host.Ip("link", "set", "eth1", "master", "br0");
        host.Ip("link", "set", "eth2", "up");
        host.Tandem("link", "set", "bond1", "master", "bond2");

        Refused("lo", "bond0", "lo: the loopback interface sends no frames to other hosts; accepted: an Ethernet interface");
        Refused("bond0", "bond0", "bond0: a bond cannot be a member of itself");
        Refused("bond2", "bond1", "bond2: bond1 is a member of it, directly or through other bonds");
        Refused("eth1", "bond0", "eth1: belongs to br0; release it first: ip link set eth1 nomaster");
        Refused("eth2", "bond0", "eth2: the interface is up; a member joins while it is down: ip link set eth2 down");
        Refused("nosuch", "bond0", "nosuch: there is no interface of that name");
        Refused("eth0", "nosuch", "nosuch: there is no bond of that name");
        Assert.Equal("br0", host.KernelLink("eth1")!.Value.GetProperty("master").GetString());

        // A member of another bond moves to the new bond, as with ip.
        host.Tandem("link", "set", "eth0", "master", "bond0");
        host.Tandem("link", "set", "eth0", "master", "bond1");
        Assert.Equal("bond1", host.Link("eth0").GetProperty("master").GetString());
        Assert.DoesNotContain("Slave Interface", host.Tandem("show", "bond0"), StringComparison.Ordinal);

        void Refused(string member, string bond, string text)
        {
            var outcome = host.TryTandem("link", "set", member, "master", bond);
            Assert.Equal($"Error: {text}", outcome.Error.Trim());
            Assert.NotEqual(0, outcome.ExitCode);
        }
    }

    [Fact]
    public void Thousands_of_random_frames_change_nothing()
    {
        const int Seed = 4711;
        using var lab = new Lab().Bond("mode", "balance-xor", "miimon", "100");
        var random = new Random(Seed);
        var bond = Convert.FromHexString(
            lab.A.KernelLink("bond0")!.Value.GetProperty("address").GetString()!.Replace(":", "", StringComparison.Ordinal)
        );
        Flood(10);
        var (resident, log) = (Resident(), lab.A.Service.Log);
        var ping = lab.A.Start("ping", "-i0.01", "-q", "10.213.0.2");
        Flood(150);
        Shell.Signal(ping.Id, 2);
        var summary = ping.StandardOutput.ReadToEnd();
        var counts = Counts().Match(summary);
        var (sent, answered) = (Number(counts, "sent"), Number(counts, "answered"));
        Assert.True(sent > 50 && sent - answered <= 1, summary);
        Assert.True(Resident() - resident < 4 * 1024, $"{resident} kB became {Resident()} kB");
        Assert.True(lab.A.Service.Log.Length - log.Length < 500, lab.A.Service.Log);
        Assert.DoesNotContain("DOWN", lab.A.MemberData("eth1", "mii_status"), StringComparison.Ordinal);

        void Flood(int batches)
        {
            var file = Path.Combine(lab.B.Directory, "frames");
            for (var batch = 0; batch < batches; batch++)
            {
                // 40 frames of the same length: socat reads blocks of this length and sends each as a frame.
                var length = random.Next(1, 1601);
                var frames = new byte[40 * length];
                random.NextBytes(frames);
                for (var at = 0; at < frames.Length; at += length)
                    Header(random, bond).AsSpan()[..Math.Min(length, 18)].CopyTo(frames.AsSpan(at, length));
                File.WriteAllBytes(file, frames);
                // Frames shorter than a header or longer than the MTU are not sent; the others are.
                lab.B.Run("socat", "-u", "-b", $"{length}", $"OPEN:{file}", $"INTERFACE:eth{batch % 2}");
            }
        }

        long Resident() =>
            File.ReadLines($"/proc/{lab.A.Service.Pid}/status")
                .Where(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
                .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture))
                .First();
    }

    // To the bond, to the broadcast address or to no station; with one or two tags, a protocol that is read, or none of these.
    private static byte[] Header(Random random, byte[] bond)
    {
        var header = new byte[18];
        random.NextBytes(header);
        if (random.Next(3) is var to and < 2)
            (to == 0 ? bond : [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).CopyTo(header, 0);
        // Locally administered, so no host on this wire has the address.
        header[6] = 0x06;
        byte[][] protocols =
        [
            [0x81, 0],
            [0x88, 0xa8],
            [8, 0],
            [8, 6],
            [0x86, 0xdd],
            [0x88, 9],
            [0x90, 0],
            [header[12], header[13]],
        ];
        protocols[random.Next(protocols.Length)].CopyTo(header, 12);
        if (random.Next(2) == 0)
            protocols[random.Next(protocols.Length)].CopyTo(header, 16);
        return header;
    }

    private static void Refused(Host host, string what, int status, string[] arguments)
    {
        var said = host.Must([
            "curl",
            "-s",
            "-m10",
            "--path-as-is",
            "--unix-socket",
            host.Socket,
            "-H",
            "Content-Type: application/json",
            "-w",
            "\n%{http_code}",
            .. arguments,
        ]);
        var lines = said.Split('\n');
        Assert.True(lines[^1] == status.ToString(CultureInfo.InvariantCulture), $"{what}: {said}");
        var message = JsonDocument.Parse(string.Join('\n', lines[..^1])).RootElement;
        Assert.True(message.GetProperty("kind").GetString() is { Length: > 0 }, $"{what}: {said}");
        Assert.True(message.GetProperty("message").GetString() is { Length: > 0 }, $"{what}: {said}");
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<sent>\d+) packets transmitted, (?<answered>\d+) received", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counts();
}
