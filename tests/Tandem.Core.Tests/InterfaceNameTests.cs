using Xunit;

namespace Tandem.Core.Tests;

public sealed class InterfaceNameTests
{
    [Theory]
    [InlineData("bond0")]
    [InlineData("é.7-x_")]
    [InlineData("fifteen-bytes-x")]
    public void Names_that_the_kernel_accepts_are_valid(string name) => Assert.Null(InterfaceName.Problem(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("sixteen-bytes-xx")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a\0b")]
    [InlineData("bond%d")]
    [InlineData("all")]
    [InlineData("default")]
    public void Names_that_the_kernel_refuses_or_interprets_otherwise_are_invalid(string name) =>
        Assert.NotNull(InterfaceName.Problem(name));
}
