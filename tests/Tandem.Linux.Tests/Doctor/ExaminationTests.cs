using Tandem.Linux.Doctor;
using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Doctor.Probes;
using Tandem.Linux.Native;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Doctor;

public class ExaminationTests
{
    private static readonly string[] Kinds = ["socket:", "/dev/net/tun", "bpf", "/proc/", "/sys/"];

    [Fact]
    public void Trials_leave_nothing_behind()
    {
        Netns.Require();
        using var here = new Netns();
        var examination = new Examination();
        // A first run, as descriptors that the runtime opens for itself stay open.
        here.Run(examination.Examine);
        var (links, descriptors) = (here.Ip("link show"), Descriptors());
        var diagnosis = here.Run(examination.Examine);
        Assert.True(diagnosis.CanBond);
        Assert.Equal(links, here.Ip("link show"));
        Assert.Equal(descriptors, Descriptors());
        Assert.DoesNotContain("doctor", here.Execute("nft", "list ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_rights_it_says_so_and_throws_nothing()
    {
        Netns.Require();
        using var here = new Netns();
        var diagnosis = here.Run(() =>
        {
            Capabilities.DropAll();
            return new Examination().Examine();
        });
        Assert.False(diagnosis.CanBond);
        string[] missing = ["net-admin", "net-raw", "ebpf-rights"];
        Assert.All(missing, id => Assert.Equal(CheckStatus.Missing, diagnosis.Checks.Single(check => check.Id == id).Status));
        Assert.Equal(CheckStatus.Unknown, diagnosis.Checks.Single(check => check.Id == "tap-device").Status);
    }

    [Fact]
    public void Clsact_can_be_tried_on_a_device_that_goes_again()
    {
        Netns.Require();
        using var here = new Netns();
        var links = here.Ip("link show");
        here.Run(() =>
        {
            using (var program = BpfProbe.LoadProgram())
                Assert.SkipWhen(program.IsInvalid, "this machine takes no eBPF programs");
            Assert.Equal(LinuxResult.Ok, HookProbe.TryClsact());
        });
        Assert.Equal(links, here.Ip("link show"));
    }

    // Kinds of descriptors that the examination opens. Pipes and files belong to the test and the runtime.
    private static List<string> Descriptors() =>
        [
            .. Directory
                .EnumerateFileSystemEntries("/proc/self/fd")
                .Select(path => new FileInfo(path).LinkTarget ?? "")
                .Where(target => Kinds.Any(kind => target.Contains(kind, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal),
        ];
}
