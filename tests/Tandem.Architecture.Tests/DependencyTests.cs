using System.Reflection;
using Tandem.Api;
using Tandem.Core.Bonds;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>References between projects have one direction.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData("Tandem.Core")]
    [InlineData("Tandem.Api", "Tandem.Core")]
    [InlineData("Tandem.Config", "Tandem.Core", "Tandem.Api")]
    [InlineData("Tandem.Linux", "Tandem.Core")]
    [InlineData("tandem", "Tandem.Core", "Tandem.Api", "Tandem.Config")]
    [InlineData("tandemd", "Tandem.Core", "Tandem.Api", "Tandem.Config", "Tandem.Linux")]
    public void A_project_refers_to_those_below_it_only(string assembly, params string[] allowed)
    {
        var others = Load(assembly)
            .GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("tandem", StringComparison.OrdinalIgnoreCase))
            .Where(name => !allowed.Contains(name, StringComparer.Ordinal));
        Assert.Empty(others);
    }

    [Fact]
    public void The_brain_needs_the_base_class_library_only()
    {
        // The allowed assemblies do no I/O and start no threads.
        var others = typeof(Bond)
            .Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Except(
                ["System.Runtime", "System.Collections", "System.Collections.Immutable", "System.Linq", "System.Memory"],
                StringComparer.Ordinal
            )
            .Except(["System.Net.Primitives", "System.Runtime.InteropServices", "System.Runtime.Extensions"], StringComparer.Ordinal);
        Assert.Empty(others);
    }

    [Fact]
    public void The_command_starts_without_the_web_server() =>
        Assert.DoesNotContain(
            Load("tandem").GetReferencedAssemblies(),
            name => name.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        );

    [Fact]
    public void A_client_of_the_service_needs_no_kernel_code() =>
        Assert.DoesNotContain(typeof(TandemClient).Assembly.GetReferencedAssemblies(), name => name.Name == "Tandem.Linux");

    private static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));
}
