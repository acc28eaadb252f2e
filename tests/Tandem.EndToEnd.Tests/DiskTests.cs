using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Files on disks that are full or cannot be written, and paths with a file's name that are no regular files.</summary>
public sealed class DiskTests
{
    private const string Old = "# old\n";

    [Theory]
    [InlineData("dd if=/dev/zero of=fill bs=1024 count=1024 2>/dev/null", "No space left on device")]
    [InlineData("mount -o remount,ro .", "Read-only file system")]
    public void Save_leaves_the_old_file_whole_on_a_disk_that_does_not_take_the_new_one(string obstacle, string reason)
    {
        using var lab = new Lab(start: false);
        lab.A.Service.Start();
        lab.A.Tandem("link", "add", "bond0", "type", "bond", "mode", "active-backup");
        var disk = Directory.CreateDirectory(Path.Combine(lab.A.Directory, "etc")).FullName;
        // ip netns exec creates a mount namespace.
        var script =
            $"mount -t tmpfs -o size=64k none {disk} && cd {disk} && printf '{Old}' > bonds.yaml && cd {disk} && {{ {obstacle}; }}; "
            + $"{Programs.Tandem} save {disk}/bonds.yaml; echo \"status $?\"; cat bonds.yaml; ls -A; {Programs.Tandem} apply --dry-run {disk}";
        var outcome = lab.A.Run("sh", "-c", script);
        Assert.Contains($"Error: {disk}/bonds.yaml cannot be written: {reason}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("status 2\n# old\n", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".new", outcome.Output, StringComparison.Ordinal);
        // The old file can still be read.
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public void A_FIFO_among_the_files_does_not_keep_the_service_from_starting()
    {
        using var lab = new Lab(start: false);
        var files = Directory.CreateDirectory(Path.Combine(lab.A.Directory, "files")).FullName;
        File.WriteAllText(Path.Combine(files, "a.yaml"), "network: {bonds: {bond0: {interfaces: [eth0]}}}");
        Shell.Must("mkfifo", Path.Combine(files, "x.yaml"));
        using var service = lab.A.Start(Programs.Tandemd, "--socket", lab.A.Socket, "--state", lab.A.Service.State, "--config", files);
        Shell.Until(() => lab.A.TryTandem("show").ExitCode == 0, "the service answers");
        var refused = lab.A.TryTandem("apply", files);
        Assert.Equal(255, refused.ExitCode);
        Assert.Contains("x.yaml: cannot be read: it is a FIFO; accepted: a regular file", refused.Error, StringComparison.Ordinal);
        service.Kill();
        service.WaitForExit();
        var log = service.StandardError.ReadToEnd();
        Assert.Contains("x.yaml: cannot be read: it is a FIFO", log, StringComparison.Ordinal);
        Assert.Contains("has errors: no bonds are made from it", log, StringComparison.Ordinal);
    }
}
