using System.Security.Cryptography;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The packages, as far as this machine can use them. tests/Tandem.Machines.Tests installs the one for Debian.</summary>
public sealed class PackageTests
{
    // Made once for all tests, which may run in parallel; two runs of `dotnet pack` must not.
    private static readonly Lazy<string[]> Made = new(() => Packages.Make());

    [Fact]
    public void The_package_for_Debian_is_as_its_policy_wants_it()
    {
        OptionalProgram.Require("lintian", "lintian");
        // packaging/debian has the overrides, with their reasons.
        var outcome = Shell.Run(TimeSpan.FromMinutes(3), "lintian", "--fail-on", "error,warning", "--allow-root", Find(".deb"));
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }

    [Fact]
    public void The_same_programs_make_the_same_packages()
    {
        var first = Made.Value;
        var folder = Directory.CreateTempSubdirectory("tandem-").FullName;
        try
        {
            var second = Packages.Make("--output", folder);
            Assert.Equal(4, first.Length);
            Assert.Equal(first.Select(Describe), second.Select(Describe));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_image_is_whole_and_the_service_in_it_makes_a_bond()
    {
        var outcome = Shell.Run(
            "unshare",
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            Path.Combine(AppContext.BaseDirectory, "Scripts", "image.sh"),
            Find(".oci.tar")
        );
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.EndsWith("ok: a bond\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_with_the_client_of_NuGet_talks_to_the_service_as_its_readme_says()
    {
        using var lab = new Lab();
        lab.Mend(0);
        lab.Mend(1);
        var folder = Path.Combine(lab.A.Directory, "program");
        WriteProgram(folder, Path.GetDirectoryName(Find(".nupkg"))!);
        var built = Shell.Run(
            TimeSpan.FromMinutes(3),
            "dotnet",
            "build",
            folder,
            "--nologo",
            "-v",
            "quiet",
            "-o",
            Path.Combine(folder, "out")
        );
        Assert.True(built.ExitCode == 0, built.All);

        using var program = lab.A.Start("dotnet", Path.Combine(folder, "out", "program.dll"));
        var active = program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        Shell.Until(() => active.IsCompleted, "the program shows the active member");
        Assert.Equal("eth0", await active);
        // The program begins to watch some time after it has printed the line.
        var happened = program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        Shell.Until(
            () =>
            {
                lab.A.Ip("link", "set", "eth0", "down");
                lab.A.Ip("link", "set", "eth0", "up");
                return happened.IsCompleted;
            },
            "the program prints an event"
        );
        Assert.StartsWith("bond0 ", await happened, StringComparison.Ordinal);
    }

    private static string Find(string ending) => Made.Value.First(file => file.EndsWith(ending, StringComparison.Ordinal));

    private static string Describe(string file) =>
        $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}";

    // Writes the example of the package's readme, restored from the packages' folder only.
    private static void WriteProgram(string folder, string packages)
    {
        Directory.CreateDirectory(folder);
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Programs.Package)!, "src", "Tandem.Api", "README.md"));
        File.WriteAllText(Path.Combine(folder, "Program.cs"), readme.Split("```csharp\n")[1].Split("```")[0]);
        File.WriteAllText(
            Path.Combine(folder, "program.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreSources>{packages}</RestoreSources>
                <RestorePackagesPath>{folder}/packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Tandem.Api" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """
        );
    }
}
