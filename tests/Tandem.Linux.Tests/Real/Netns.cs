using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Tandem.EndToEnd.Tests;

namespace Tandem.Linux.Tests.Real;

/// <summary>
/// A network namespace of its own. The thread that opens a socket decides the socket's namespace. So code runs in the namespace on a thread that
/// was moved there; threads that it starts inherit the namespace.
/// </summary>
internal sealed class Netns : IDisposable
{
    private const string Prefix = "tdm-";
    private const int CLONE_NEWNET = 0x40000000;
    private static readonly Lazy<string?> Missing = new(Probe);
    private static int s_count;

    public Netns()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Tool.Run("ip", $"netns add {Name}");
        Ip("link set lo up");
    }

    public string Name { get; }

    /// <summary>Skips the test where namespaces or TAP devices cannot be made; fails on continuous integration.</summary>
    public static void Require() => Provided.Require(Missing.Value is null, Missing.Value ?? "");

    public string Ip(string arguments) => Tool.Run("ip", $"-n {Name} {arguments}");

    public string Execute(string program, string arguments) => Tool.Run("ip", $"netns exec {Name} {program} {arguments}");

    /// <summary>A pair of veth devices, the second one in another namespace. Checksums are left to the receiver, as on a real card.</summary>
    public void AddVeth(string name, Netns other, string otherName)
    {
        Ip($"link add {name} type veth peer name {otherName} netns {other.Name}");
    }

    public void Run(Action action) =>
        Run(() =>
        {
            action();
            return 0;
        });

    public T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = function();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public void Dispose() => Tool.Run("ip", $"netns del {Name}");

    private void Enter()
    {
        using var handle = File.OpenHandle($"/run/netns/{Name}");
        if (SetNs((int)handle.DangerousGetHandle(), CLONE_NEWNET) != 0)
            throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static string? Probe()
    {
        if (!File.Exists("/dev/net/tun"))
            return "/dev/net/tun is missing";
        if (!Environment.IsPrivilegedProcess)
            return "network namespaces need root";
        RemoveLeftovers();
        return null;
    }

    /// <summary>Removes namespaces of test processes that are gone.</summary>
    private static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (var name in Directory.EnumerateFiles("/run/netns", Prefix + "*").Select(Path.GetFileName))
        {
            var parts = name!.Split('-');
            if (parts.Length == 3 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid) && !Directory.Exists($"/proc/{pid}"))
                Tool.Run("ip", $"netns del {name}");
        }
    }

    // int setns(int fd, int nstype); nothing in the product changes namespaces, so it stands here.
    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNs(int fd, int nstype);
}
