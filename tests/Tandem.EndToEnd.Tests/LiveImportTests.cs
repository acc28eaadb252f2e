using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Bonds of the kernel's driver are taken over while they carry. Needs a kernel with the driver: run under User-Mode Linux.</summary>
public sealed class LiveImportTests
{
    [Fact]
    public void Running_bonds_of_the_driver_become_bonds_of_tandem_with_all_that_is_on_them() => UserModeLinux.Play("import-live.sh");
}
